/** Callers that wait for something to happen to a name: a fill, a failed load, an invalidation. */
export class WakeUp {
  private readonly waiting = new Map<string, Set<() => void>>();

  /** Begins to listen at once, so that nothing between now and `wait` is missed. `wait` is called once. */
  listen(name: string): { wait: (atMostMs: number) => Promise<void>; stop: () => void } {
    let wake: () => void = () => undefined;
    const woken = new Promise<void>((resolve) => (wake = resolve));
    let names = this.waiting.get(name);
    if (!names) this.waiting.set(name, (names = new Set()));
    names.add(wake);
    const stop = (): void => {
      names.delete(wake);
      if (names.size === 0 && this.waiting.get(name) === names) this.waiting.delete(name);
    };
    const wait = async (atMostMs: number): Promise<void> => {
      const timer = setTimeout(wake, atMostMs);
      await woken;
      clearTimeout(timer);
      stop();
    };
    return { wait, stop };
  }

  wake(name: string): void {
    for (const resolve of this.waiting.get(name) ?? []) resolve();
  }

  /** Wakes those who wait for any name that begins with `prefix`. */
  wakePrefix(prefix: string): void {
    for (const name of [...this.waiting.keys()]) if (name.startsWith(prefix)) this.wake(name);
  }

  wakeAll(): void {
    this.wakePrefix('');
  }
}
