import { createHash } from 'node:crypto';
import type { Redis } from 'ioredis';

/** One Lua script, of any number of keys: sent by its SHA-1, and whole when Redis does not know it yet. */
export class LuaScript {
  private readonly sha: string;

  constructor(private readonly text: string) {
    this.sha = createHash('sha1').update(text).digest('hex');
  }

  /** Runs it; strings in the answer arrive as text. */
  async run(client: Redis, keys: readonly string[], values: readonly (string | number | Buffer)[]): Promise<unknown> {
    try {
      return await client.call('EVALSHA', this.sha, keys.length, ...keys, ...values);
    } catch (error) {
      if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error;
      return client.call('EVAL', this.text, keys.length, ...keys, ...values);
    }
  }
}
