import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Redis } from 'ioredis';

const source = (file: string): string => readFileSync(new URL(`./scripts/${file}.lua`, import.meta.url), 'utf8');

/** One Lua script of the shared store: sent by its SHA-1, and whole when Redis does not know it yet. */
export class Script {
  private readonly text: string;
  private readonly sha: string;
  private readonly keyCount: number;

  /** @param keysEach how many keys come again for each of several names, after those that the script names by number */
  constructor(
    file: string,
    private readonly keysEach = 0,
  ) {
    const own = source(file);
    this.keyCount = Math.max(...Array.from(own.matchAll(/KEYS\[(\d)\]/g), ([, digit]) => Number(digit)));
    this.text = source('bus.part') + own;
    this.sha = createHash('sha1').update(this.text).digest('hex');
  }

  /** Runs it; strings in the answer arrive as buffers. */
  async run(client: Redis, keys: readonly string[], values: readonly (string | number | Buffer)[]): Promise<unknown> {
    const more = keys.length - this.keyCount;
    if (this.keysEach === 0 ? more !== 0 : more < this.keysEach || more % this.keysEach !== 0)
      throw new RangeError(`A script of ${this.keyCount} keys was given ${keys.length}.`);
    try {
      return await client.callBuffer('EVALSHA', this.sha, keys.length, ...keys, ...values);
    } catch (error) {
      if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error;
      return client.callBuffer('EVAL', this.text, keys.length, ...keys, ...values);
    }
  }
}
