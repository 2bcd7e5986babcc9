import type { Line } from './line.js';

/** Lines one at a time, with a look at those to come. */
export class LineFeed {
  readonly #batches: AsyncIterator<Line[], undefined>;
  #lines: Line[] = [];
  #next = 0;

  constructor(batches: AsyncIterable<Line[]>) {
    this.#batches = batches[Symbol.asyncIterator]() as AsyncIterator<Line[], undefined>;
  }

  /** The next line, taken; `undefined` at the end. */
  async take(): Promise<Line | undefined> {
    const line = await this.peek(0);
    if (line) this.#next += 1;
    return line;
  }

  /** The line `ahead` after the next one, left where it is; `undefined` past the end. */
  async peek(ahead: number): Promise<Line | undefined> {
    while (this.#next + ahead >= this.#lines.length) {
      const batch = await this.#batches.next();
      if (batch.done) return undefined;
      this.#lines = this.#lines.slice(this.#next).concat(batch.value);
      this.#next = 0;
    }
    return this.#lines[this.#next + ahead];
  }

  /** Passes over `count` lines that were looked at. */
  skip(count: number): void {
    this.#next += count;
  }
}
