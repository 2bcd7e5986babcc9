import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Redis } from 'ioredis';

/** One Lua script of the write log, of any number of keys: sent by its SHA-1, and whole when Redis does not know it yet. */
export class LogScript {
  private readonly text: string;
  private readonly sha: string;

  constructor(file: string) {
    this.text = readFileSync(new URL(`./scripts/${file}.lua`, import.meta.url), 'utf8');
    this.sha = createHash('sha1').update(this.text).digest('hex');
  }

  /** Runs it; strings in the answer arrive as text. */
  async run(client: Redis, keys: readonly string[], values: readonly (string | number)[]): Promise<unknown> {
    const [answer] = await this.runThen(client, keys, values, () => Promise.resolve());
    return answer;
  }

  /** Runs it and sends `next` right behind it, in one go: what each answers. Should Redis not know the script, both again. */
  async runThen<T>(
    client: Redis,
    keys: readonly string[],
    values: readonly (string | number)[],
    next: () => Promise<T>,
  ): Promise<[unknown, T]> {
    try {
      return await Promise.all([client.call('EVALSHA', this.sha, keys.length, ...keys, ...values), next()]);
    } catch (error) {
      if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error;
      return Promise.all([client.call('EVAL', this.text, keys.length, ...keys, ...values), next()]);
    }
  }
}
