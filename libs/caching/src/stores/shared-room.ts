import { decodeEnvelope } from '../region/encoded-envelope.js';
import type { Envelope } from '../region/envelope.js';
import { PARTITIONS, redisKeys } from '../topology/partitions.js';
import type { SharedConnection } from '../topology/shared-connection.js';

/** How many keys one `TOUCH` names. */
const TOUCHED_AT_ONCE = 100;
/** Hardly a head is longer, in bytes. */
const LONG_HEAD = 512;
/** The bus is kept there too, in two keys a partition. */
const KEYS_OF_BUS = 2 * PARTITIONS;
/** From this share of its memory on, Redis is taken to be full. */
const FULL = 0.9;

/** How much the shared store has room for, and what it keeps first when it is full. */
export class SharedRoom {
  constructor(private readonly connection: SharedConnection) {}

  /**
   * What is kept under these names, in their order, without its values: their bodies are cut, and must not be read.
   * @throws {StoreUnavailableError} no answer within the deadline
   */
  heads(names: readonly string[]): Promise<(Envelope | undefined)[]> {
    return Promise.all(
      names.map(async (name) => {
        const key = redisKeys.envelope(name);
        const start = await this.connection.use((client) => client.getrangeBuffer(key, 0, LONG_HEAD - 1));
        if (start.length === 0) return undefined;
        const envelope = decodeEnvelope(start);
        if (envelope || start.length < LONG_HEAD) return envelope;
        const whole = await this.connection.use((client) => client.getBuffer(key)); // a head of very many tags
        return whole ? decodeEnvelope(whole) : undefined;
      }),
    );
  }

  /**
   * Counts what is kept under `names` as used now, in this order, so that a Redis that is full evicts others first.
   * @throws {StoreUnavailableError} no answer within the deadline
   */
  async touch(names: readonly string[]): Promise<void> {
    for (let from = 0; from < names.length; from += TOUCHED_AT_ONCE) {
      const keys = names.slice(from, from + TOUCHED_AT_ONCE).map((name) => redisKeys.envelope(name));
      await this.connection.use((client) => client.touch(...keys));
    }
  }

  /**
   * How many values Redis has room for, by those that it holds now; infinite while it is far from full or has no limit.
   * @throws {StoreUnavailableError} no answer within the deadline
   */
  async size(): Promise<number> {
    const [memory, keys] = await Promise.all([
      this.connection.use((client) => client.info('memory')),
      this.connection.use((client) => client.dbsize()),
    ]);
    const used = Number(/^used_memory:(\d+)/m.exec(memory)?.[1] ?? 0);
    const most = Number(/^maxmemory:(\d+)/m.exec(memory)?.[1] ?? 0);
    return most === 0 || used < most * FULL ? Infinity : Math.max(keys - KEYS_OF_BUS, 0);
  }
}
