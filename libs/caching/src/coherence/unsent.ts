const LIMIT = 100_000;

/** Invalidations that could not be sent: the newest of a name or tag stands for all. */
export class Unsent {
  private readonly names = new Map<string, number>();
  private readonly tags = new Map<string, boolean>();
  private readonly prefixes = new Set<string>();

  /** @param below only values below this version; 0 is any, and wins over every other */
  name(name: string, below: number, regionPrefix: string): void {
    const kept = this.names.get(name);
    this.names.set(name, kept === undefined ? below : kept === 0 || below === 0 ? 0 : Math.max(kept, below));
    if (this.names.size > LIMIT) {
      this.prefixes.add(regionPrefix);
      for (const other of this.names.keys()) if (other.startsWith(`${regionPrefix}:`)) this.names.delete(other);
    }
  }

  tag(tag: string, markStale: boolean): void {
    this.tags.set(tag, (this.tags.get(tag) ?? true) && markStale);
  }

  prefix(prefix: string): void {
    this.prefixes.add(prefix);
  }

  get size(): number {
    return this.names.size + this.tags.size + this.prefixes.size;
  }

  /** Hands everything over to be sent; what is not sent must be handed back. */
  take(): { names: [string, number][]; tags: [string, boolean][]; prefixes: string[] } {
    const taken = { names: [...this.names], tags: [...this.tags], prefixes: [...this.prefixes] };
    this.names.clear();
    this.tags.clear();
    this.prefixes.clear();
    return taken;
  }
}
