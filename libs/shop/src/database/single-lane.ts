/** A way that one at a time goes along, in the order of arrival. */
export class SingleLane {
  private last: Promise<void> = Promise.resolve();

  /** Waits for its turn, and answers how to end it. The others wait until then. */
  async enter(): Promise<() => void> {
    const before = this.last;
    let leave = (): void => undefined;
    this.last = new Promise((resolve) => {
      leave = resolve;
    });
    await before;
    return leave;
  }
}
