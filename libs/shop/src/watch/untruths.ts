import type { Cache, Region } from '@larder/caching';

/** How many values are invalidated at once: what Redis answers well within the deadline of an operation. */
const AT_ONCE = 250;

interface UntrueValue {
  readonly region: string;
  readonly below: number;
  readonly invalidate: (cache: Cache, below: number) => Promise<void>;
}

const widest = (one: number, other: number): number => (one === 0 || other === 0 ? 0 : Math.max(one, other));

/** What a batch of changes made untrue, each value, tag and region once. */
export class Untruths {
  private readonly values = new Map<string, UntrueValue>();
  private readonly tags = new Set<string>();
  private readonly regions = new Set<string>();
  private readonly keptByNest = new Set<string>();

  /** The value of `region` under `params`, if its version is below `below`; 0 is any. */
  value<P, V>(region: Region<P, V>, params: P, below = 0): void {
    const name = `${region.name}:${region.encode(params)}`;
    const known = this.values.get(name);
    this.values.set(name, {
      region: region.name,
      below: known ? widest(known.below, below) : below,
      invalidate: (cache, limit) => cache.invalidate(region, params, { below: limit }),
    });
  }

  /** Every value that carries `tag`. */
  tag(tag: string): void {
    this.tags.add(tag);
  }

  /** Every value of a region. */
  region({ name }: { readonly name: string }): void {
    this.regions.add(name);
  }

  /** What Nest's own cache keeps under `key`. */
  nestKey(key: string): void {
    this.keptByNest.add(key);
  }

  get nestKeys(): readonly string[] {
    return [...this.keptByNest];
  }

  /** Tells the cache; what the shared store cannot take now, the cache keeps. */
  async tell(cache: Cache): Promise<void> {
    for (const name of this.regions) await cache.clear(name);
    const orders = [
      ...[...this.values.values()]
        .filter(({ region }) => !this.regions.has(region))
        .map(
          ({ below, invalidate }) =>
            () =>
              invalidate(cache, below),
        ),
      ...[...this.tags].map((tag) => () => cache.invalidateTags([tag])),
    ];
    const waiting = orders.values();
    const carryOut = async (): Promise<void> => {
      for (const order of waiting) await order();
    };
    await Promise.all(Array.from({ length: AT_ONCE }, carryOut));
  }
}
