import { createHash } from 'node:crypto';
import type { Redis } from 'ioredis';

/** One Lua script, of any number of keys: sent by its SHA-1, and whole when Redis does not know it yet. */
export class LuaScript {
  private readonly sha: string;

  constructor(private readonly text: string) {
    this.sha = createHash('sha1').update(text).digest('hex');
  }

  /** Runs it and sends `next` right behind it, in one go: what each answers. Should Redis not know the script, both again. */
  async runThen<T>(
    client: Redis,
    keys: readonly string[],
    values: readonly (string | number | Buffer)[],
    next: () => Promise<T>,
  ): Promise<[unknown, T]> {
    try {
      return await Promise.all([client.call('EVALSHA', this.sha, keys.length, ...keys, ...values), next()]);
    } catch (error) {
      if (!isUnknownScript(error)) throw error;
      return Promise.all([client.call('EVAL', this.text, keys.length, ...keys, ...values), next()]);
    }
  }

  /** Runs it; strings in the answer arrive as text. */
  async run(client: Redis, keys: readonly string[], values: readonly (string | number | Buffer)[]): Promise<unknown> {
    try {
      return await client.call('EVALSHA', this.sha, keys.length, ...keys, ...values);
    } catch (error) {
      if (!isUnknownScript(error)) throw error;
      return client.call('EVAL', this.text, keys.length, ...keys, ...values);
    }
  }
}

const isUnknownScript = (error: unknown): boolean => error instanceof Error && error.message.startsWith('NOSCRIPT');
