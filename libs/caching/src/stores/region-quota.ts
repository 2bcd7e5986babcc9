/** How many names of a region are looked at for its coldest. */
const LOOK_AT = 5;

/** Holds regions that keep fewer entries than the store has room for to their number. Costs the others nothing. */
export class RegionQuota {
  private readonly regions = new Map<string, Set<string>>();

  constructor(private readonly warmthOf: (name: string) => number) {}

  /** Counts `name` in, and answers which name must go for it: the coldest of a few, or a newcomer that is colder. */
  admit(region: string, name: string, maxEntries: number): string | undefined {
    let names = this.regions.get(region);
    if (!names) this.regions.set(region, (names = new Set()));
    names.add(name);
    if (names.size <= maxEntries) return undefined;
    const coldest = this.coldest(names, name);
    if (coldest === undefined) return name;
    const warmth = this.warmthOf(coldest);
    return warmth > 1 && this.warmthOf(name) <= warmth ? name : coldest;
  }

  /** Counts `name` out. */
  remove(region: string, name: string): void {
    const names = this.regions.get(region);
    if (names?.delete(name) && names.size === 0) this.regions.delete(region);
  }

  private coldest(names: Set<string>, newcomer: string): string | undefined {
    const looked: string[] = [];
    for (const name of names) {
      if (name !== newcomer) looked.push(name);
      if (looked.length === LOOK_AT) break;
    }
    let coldest: string | undefined;
    let least = Infinity;
    for (const name of looked) {
      names.delete(name); // to the end: the next search looks at others
      names.add(name);
      const warmth = this.warmthOf(name);
      if (warmth < least) {
        least = warmth;
        coldest = name;
      }
    }
    return coldest;
  }
}
