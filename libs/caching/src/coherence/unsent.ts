const LIMIT = 100_000;

/** Invalidations that wait to be sent, no more of each kind than asked for. */
export interface Waiting {
  readonly names: readonly [name: string, below: number][];
  readonly tags: readonly [tag: string, markStale: boolean][];
  readonly prefixes: readonly string[];
  /** More had come than is kept: everything in the shared store is in doubt. */
  readonly isEverything: boolean;
}

const taken = <K, T>(map: Map<K, T>, atMost: number): [K, T][] => {
  const entries: [K, T][] = [];
  for (const entry of map) {
    if (entries.length === atMost) break;
    entries.push(entry);
    map.delete(entry[0]);
  }
  return entries;
};

/** Invalidations that could not be sent: the newest of a name or tag stands for all. */
export class Unsent {
  private readonly names = new Map<string, number>();
  private readonly tags = new Map<string, boolean>();
  private readonly prefixes = new Map<string, true>();
  private isOverflown = false;

  /** @param below only values below this version; 0 is any, and wins over every other */
  name(name: string, below: number, regionPrefix: string): void {
    const kept = this.names.get(name);
    this.names.set(name, kept === undefined ? below : kept === 0 || below === 0 ? 0 : Math.max(kept, below));
    if (this.names.size > LIMIT) {
      this.prefix(regionPrefix);
      for (const other of this.names.keys()) if (other.startsWith(`${regionPrefix}:`)) this.names.delete(other);
    }
  }

  tag(tag: string, markStale: boolean): void {
    this.tags.set(tag, (this.tags.get(tag) ?? true) && markStale);
    if (this.tags.size > LIMIT) this.everything();
  }

  prefix(prefix: string): void {
    this.prefixes.set(prefix, true);
  }

  everything(): void {
    this.isOverflown = true;
    this.tags.clear();
  }

  get size(): number {
    return this.names.size + this.tags.size + this.prefixes.size + (this.isOverflown ? 1 : 0);
  }

  /** Hands over what is to be sent next; what is not sent must be handed back. */
  take(atMost: number): Waiting {
    const isEverything = this.isOverflown;
    this.isOverflown = false;
    return {
      names: taken(this.names, atMost),
      tags: taken(this.tags, atMost),
      prefixes: taken(this.prefixes, atMost).map(([prefix]) => prefix),
      isEverything,
    };
  }
}
