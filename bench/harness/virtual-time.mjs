import { larderPart } from '../subjects/larder.mjs';

/**
 * The time of a process that can be moved on. What the library reads is moved: the monotonic clock, Redis's `TIME` as the
 * library learns it, and that the bus was read meanwhile. Timers and what Redis itself does go by real time.
 */
export class VirtualTime {
  #skew = 0;
  #epoch;
  #real = performance.now.bind(performance);

  /** From `startAt` on, in ms since the epoch. */
  static async begin(startAt) {
    const time = new VirtualTime();
    time.#epoch = startAt - time.#real();
    await time.#install();
    return time;
  }

  /** Now, in ms since the epoch. */
  now() {
    return this.#epoch + this.#real() + this.#skew;
  }

  /** It is `at` now, or later where that has passed already. */
  moveTo(at) {
    this.#skew += Math.max(at - this.now(), 0);
  }

  async #install() {
    const [{ SharedClock }, { Bus }] = await Promise.all([
      larderPart('topology/shared-clock.js'),
      larderPart('coherence/bus.js'),
    ]);
    performance.now = () => this.#real() + this.#skew;
    const { learn } = SharedClock.prototype;
    const skew = () => this.#skew;
    SharedClock.prototype.learn = function learnVirtual([seconds, micros], askedAt, answeredAt) {
      learn.call(this, [Number(seconds) + skew() / 1_000, micros], askedAt, answeredAt);
    };
    // in the time that was left out, the bus was read and said nothing
    Bus.prototype.isCurrent = () => true;
  }
}
