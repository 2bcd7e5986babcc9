import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import { Script } from '../stores/script.js';

const lock = new Script('lock');
const unlock = new Script('unlock');

/**
 * A lock for work that one process does at a time. It can end under a holder that is stopped, so it alone protects
 * nothing: every write under it carries the fencing token, and the store that is written refuses a token lower than one
 * it has seen. Idea: Kleppmann, "How to do distributed locking".
 */
export class FencedLock {
  private readonly holder = randomUUID();

  constructor(
    /** The Redis of locks: it must not evict, or tokens could repeat. */
    private readonly client: Redis,
    private readonly name: string,
    private readonly lockMs: number,
    /** Hears of a renewal that failed: the lock may end under the work, whose token protects what it writes. */
    private readonly onFault: (cause: unknown) => void,
  ) {}

  /**
   * Runs `work` with a fencing token if the lock is free, prolongs it meanwhile, and answers whether it ran. The token is
   * larger than `above`, the largest that the store has seen: a Redis that lost its counter catches up by it.
   */
  async runIfFree(work: (token: number) => Promise<void>, { above = 0 } = {}): Promise<boolean> {
    const token = await this.take(above);
    if (token === 0) return false;
    const renewal = setInterval(() => void this.take(0).catch(this.onFault), this.lockMs / 3);
    renewal.unref();
    try {
      await work(token);
      return true;
    } finally {
      clearInterval(renewal);
      await this.giveBack();
    }
  }

  /**
   * Takes the lock, or prolongs it where it is held by this one already, for work that goes on from time to time: it stays
   * held for its time, or until it is given back. Answers the fencing token, as `runIfFree` gives it, or 0 while another
   * holds the lock.
   */
  hold({ above = 0 } = {}): Promise<number> {
    return this.take(above);
  }

  /** Gives the lock back, if it is held by this one. */
  async giveBack(): Promise<void> {
    await unlock.run(this.client, [this.key], [this.holder]);
  }

  /** The fencing token, or 0 while another holds the lock. */
  private async take(above: number): Promise<number> {
    return Number(await lock.run(this.client, [this.key, `${this.key}:fence`], [this.holder, this.lockMs, above]));
  }

  private get key(): string {
    return `larder:{lock:${this.name}}`;
  }
}
