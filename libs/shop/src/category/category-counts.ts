import { slugOf } from './category.js';

/** By how much the counts of categories change, with the name that each was given by. */
export class CategoryCounts {
  private readonly counts = new Map<string, { name: string; by: number }>();

  /** Takes one product out of its old categories and into its new ones, given by name or by slug. */
  moved(from: readonly string[], to: readonly string[]): this {
    for (const slug of new Set(from.map(slugOf))) this.add(slug, slug, -1);
    const names = new Map(to.toReversed().map((name) => [slugOf(name), name])); // the first name of a slug counts
    for (const [slug, name] of names) this.add(slug, name, 1);
    return this;
  }

  /** What there is to count, in the order of slugs, so that two transactions meet in the same order. */
  entries(): { slug: string; name: string; by: number }[] {
    return [...this.counts]
      .filter(([, { by }]) => by !== 0)
      .map(([slug, count]) => ({ slug, ...count }))
      .sort((a, b) => (a.slug < b.slug ? -1 : 1));
  }

  private add(slug: string, name: string, by: number): void {
    const known = this.counts.get(slug);
    const isNamed = known !== undefined && known.name !== slug;
    this.counts.set(slug, { name: isNamed ? known.name : name, by: (known?.by ?? 0) + by });
  }
}
