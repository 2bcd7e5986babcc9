/** How long a failed load is not tried again while a stale value can be served. */
const PAUSE_MS = 1_000;

/** Names whose load has failed just now. It holds no more than failed within one pause. */
export class RetryPauses {
  private readonly endsAt = new Map<string, number>();

  failed(name: string): void {
    const now = performance.now();
    this.endsAt.delete(name);
    this.endsAt.set(name, now + PAUSE_MS);
    for (const [other, end] of this.endsAt) {
      if (end > now) return;
      this.endsAt.delete(other);
    }
  }

  succeeded(name: string): void {
    this.endsAt.delete(name);
  }

  isPaused(name: string): boolean {
    return performance.now() < (this.endsAt.get(name) ?? -Infinity);
  }

  get size(): number {
    return this.endsAt.size;
  }
}
