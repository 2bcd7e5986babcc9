/** At most so many loads at once; who comes when all are taken waits in line, but not for ever. */
export class LoadSlots {
  private taken = 0;
  private readonly line = new Set<() => void>();

  /** Takes a slot, at the latest within `atMostMs`; answers whether one was had. Whoever had one must `leave`. */
  async enter(limit: number, atMostMs: number): Promise<boolean> {
    if (this.taken < limit) {
      this.taken += 1;
      return true;
    }
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.line.delete(next);
        resolve(false);
      }, atMostMs);
      const next = (): void => {
        clearTimeout(timer);
        this.line.delete(next);
        resolve(true);
      };
      this.line.add(next);
    });
  }

  /** Gives a slot to the one who has waited longest, or back. */
  leave(): void {
    const [next] = this.line;
    if (next) next();
    else this.taken -= 1;
  }
}
