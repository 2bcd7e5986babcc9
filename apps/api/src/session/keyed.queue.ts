/** Runs work of one key in the order asked, one at a time; other keys do not wait for it. */
export class KeyedQueue {
  private readonly tails = new Map<string, Promise<unknown>>();

  /** The outcome of `work`, which begins once all earlier work of `key` is over, however that ended. */
  async run<T>(key: string, work: () => Promise<T>): Promise<T> {
    const before = this.tails.get(key);
    const outcome = before === undefined ? work() : before.then(work);
    const tail = outcome.then(
      () => undefined,
      () => undefined, // the failure is the caller's, by `outcome`
    );
    this.tails.set(key, tail);
    try {
      return await outcome;
    } finally {
      if (this.tails.get(key) === tail) this.tails.delete(key);
    }
  }
}
