/** Which names carry a tag. It holds names only while they are kept, so the store's limits bound it. */
export class TagIndex {
  private readonly members = new Map<string, Set<string>>();

  /** How many tags somebody carries. */
  get size(): number {
    return this.members.size;
  }

  add(name: string, tags: readonly (readonly [tag: string, ...unknown[]])[]): void {
    for (const [tag] of tags) {
      const names = this.members.get(tag);
      if (names) names.add(name);
      else this.members.set(tag, new Set([name]));
    }
  }

  remove(name: string, tags: readonly (readonly [tag: string, ...unknown[]])[]): void {
    for (const [tag] of tags) {
      const names = this.members.get(tag);
      if (names?.delete(name) && names.size === 0) this.members.delete(tag);
    }
  }

  /** The names that carry `tag`, as of now. */
  namesOf(tag: string): string[] {
    return [...(this.members.get(tag) ?? [])];
  }
}
