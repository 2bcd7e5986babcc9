import type { Cache, Region } from '@larder/caching';

/** How many tags are removed at once: what Redis answers well within the deadline of an operation. */
const AT_ONCE = 250;

/** The values of one region by their keys. */
interface UntrueValues {
  readonly region: Region<unknown, unknown>;
  readonly byKey: Map<string, { readonly params: unknown; readonly below: number }>;
}

const widest = (one: number, other: number): number => (one === 0 || other === 0 ? 0 : Math.max(one, other));

/** What a batch of changes made untrue, each value, tag and region once. */
export class Untruths {
  private readonly values = new Map<string, UntrueValues>();
  private readonly tags = new Set<string>();
  private readonly regions = new Set<string>();
  private readonly keptByNest = new Set<string>();

  /** The value of `region` under `params`, if its version is below `below`; 0 is any. */
  value<P, V>(region: Region<P, V>, params: P, below = 0): void {
    let values = this.values.get(region.name);
    if (!values) {
      values = { region: region as unknown as Region<unknown, unknown>, byKey: new Map() };
      this.values.set(region.name, values);
    }
    const key = region.encode(params);
    const known = values.byKey.get(key);
    values.byKey.set(key, { params, below: known ? widest(known.below, below) : below });
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
    await Promise.all([this.tellValues(cache), this.tellTags(cache)]);
  }

  private async tellValues(cache: Cache): Promise<void> {
    for (const { region, byKey } of this.values.values())
      if (!this.regions.has(region.name)) await cache.invalidateEach(region, [...byKey.values()]);
  }

  private async tellTags(cache: Cache): Promise<void> {
    const waiting = this.tags.values();
    const removeInTurn = async (): Promise<void> => {
      for (const tag of waiting) await cache.invalidateTags([tag]);
    };
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, this.tags.size) }, removeInTurn));
  }
}
