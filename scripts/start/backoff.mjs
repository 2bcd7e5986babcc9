const FIRST_DELAY_MS = 250;
const LONGEST_DELAY_MS = 10_000;
const STEADY_AFTER_MS = 20_000;

/** How long to wait before something that ended is started again: twice as long each time, until it has run steadily. */
export class Backoff {
  #delayMs = FIRST_DELAY_MS;
  #startedAt = Date.now();

  started() {
    this.#startedAt = Date.now();
  }

  next() {
    if (Date.now() - this.#startedAt > STEADY_AFTER_MS) this.#delayMs = FIRST_DELAY_MS;
    const delayMs = this.#delayMs;
    this.#delayMs = Math.min(delayMs * 2, LONGEST_DELAY_MS);
    return delayMs;
  }
}
