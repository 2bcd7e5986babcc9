import type { Position } from '../region/envelope.js';
import { partitionOf, redisKeys } from '../topology/partitions.js';
import type { SharedConnection } from '../topology/shared-connection.js';
import { Script } from './script.js';
import { BUS_WINDOW } from './shared.store.js';

/** Where the bus stood when a tag was last removed, and when it was last marked stale. */
export interface TagRecord {
  readonly removed: Position;
  readonly staled: Position;
}

const removeTag = new Script('remove-tag');
const touchTag = new Script('touch-tag');

/** A tag's record must outlive every member: the longest lifetime of an envelope and a day. */
const SPARE_MS = 86_400_000;
const LONGEST_MS = 400 * 86_400_000;

const parseRecord = (text: string | null | undefined): TagRecord | undefined => {
  const [removed, staled] = text?.split(' ') ?? [];
  return removed && staled ? { removed, staled } : undefined;
};

/** Tag records in Redis: one a tag, each in the partition of its tag. */
export class TagStore {
  constructor(
    private readonly connection: SharedConnection,
    private readonly node: string,
  ) {}

  /** The records of these tags, `undefined` for one that is lost. */
  async records(tags: readonly string[]): Promise<(TagRecord | undefined)[]> {
    const keys = tags.map((tag) => redisKeys.tag(tag));
    return (await this.connection.use((client) => client.mget(keys))).map(parseRecord);
  }

  /** Sees to it that the record of `tag` outlives a member of this lifetime, and answers it. */
  async touch(tag: string, lifetimeMs: number): Promise<TagRecord | undefined> {
    const values = [Math.ceil(lifetimeMs) + SPARE_MS, BUS_WINDOW];
    const keys = [redisKeys.tag(tag), ...this.busKeys(tag)];
    return parseRecord(String(await this.connection.use((client) => touchTag.run(client, keys, values))));
  }

  /** Makes every member a miss, or stale, and answers the bus position of that. */
  async remove(tag: string, { markStale = false, untrusted = false } = {}): Promise<Position> {
    const values = [this.node, tag, BUS_WINDOW, LONGEST_MS, markStale ? 's' : 't'];
    const keys = [redisKeys.tag(tag), ...this.busKeys(tag)];
    return String(await this.connection.use((client) => removeTag.run(client, keys, values), { untrusted }));
  }

  private busKeys(tag: string): string[] {
    const partition = partitionOf(tag);
    return [redisKeys.bus(partition), redisKeys.end(partition)];
  }
}
