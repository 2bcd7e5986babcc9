import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { argon2id, hash, verify } from 'argon2';
import { TooBusyError } from './session.errors.js';

const MEMORY_KIB = 19 * 1_024;
const PASSES = 2;
const AT_ONCE = 4;
const LONGEST_QUEUE = 64;
const RETRY_AFTER_SECONDS = 2;

const unpadded = (bytes: Buffer): string => bytes.toString('base64').replace(/=+$/, '');

/** Hashes and checks passwords by argon2id. Four at once, 64 more may wait: each takes 19 MiB and a thread. */
@Injectable()
export class Passwords {
  private readonly nobodys = `$argon2id$v=19$m=${MEMORY_KIB},t=${PASSES},p=1$${unpadded(randomBytes(16))}$${unpadded(randomBytes(32))}`;
  private readonly waiting: (() => void)[] = [];
  private running = 0;

  /**
   * The digest to keep for `password`.
   * @throws {TooBusyError} the queue is full
   */
  digest(password: string): Promise<string> {
    return this.inTurn(() =>
      hash(password, { type: argon2id, memoryCost: MEMORY_KIB, timeCost: PASSES, parallelism: 1 }),
    );
  }

  /**
   * Whether `password` belongs to `digest`. Without one the same work is done, so that the time tells nothing.
   * @throws {TooBusyError} the queue is full
   */
  async matches(digest: string | undefined, password: string): Promise<boolean> {
    const isMatch = await this.inTurn(() => verify(digest ?? this.nobodys, password));
    return isMatch && digest !== undefined;
  }

  private async inTurn<T>(work: () => Promise<T>): Promise<T> {
    await this.turn();
    try {
      return await work();
    } finally {
      const next = this.waiting.shift();
      if (next) next();
      else this.running -= 1;
    }
  }

  private async turn(): Promise<void> {
    if (this.running < AT_ONCE) {
      this.running += 1;
      return;
    }
    if (this.waiting.length >= LONGEST_QUEUE) throw new TooBusyError(RETRY_AFTER_SECONDS);
    await new Promise<void>((resolve) => this.waiting.push(resolve));
  }
}
