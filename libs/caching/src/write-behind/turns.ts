/** Lets work of the same name take place one after the other in this process. */
export class Turns {
  private readonly last = new Map<string, Promise<void>>();

  /** Runs `work` once all that was given before under the name has ended, well or not. */
  async take<T>(name: string, work: () => Promise<T>): Promise<T> {
    const running = (this.last.get(name) ?? Promise.resolve()).then(work);
    const turn = running.then(
      () => undefined,
      () => undefined, // whoever waits for its turn has nothing to do with this one's error
    );
    this.last.set(name, turn);
    try {
      return await running;
    } finally {
      if (this.last.get(name) === turn) this.last.delete(name);
    }
  }
}
