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
  ) {}

  /** Runs `work` with a fencing token if the lock is free, prolongs it meanwhile, and answers whether it ran. */
  async runIfFree(work: (token: number) => Promise<void>): Promise<boolean> {
    const token = await this.take();
    if (token === 0) return false;
    const renewal = setInterval(() => void this.take().catch(() => undefined), this.lockMs / 3);
    renewal.unref();
    try {
      await work(token);
      return true;
    } finally {
      clearInterval(renewal);
      await unlock.run(this.client, [this.key], [this.holder]);
    }
  }

  /** The fencing token, or 0 while another holds the lock. */
  async take(): Promise<number> {
    return Number(await lock.run(this.client, [this.key, `${this.key}:fence`], [this.holder, this.lockMs]));
  }

  private get key(): string {
    return `larder:{lock:${this.name}}`;
  }
}
