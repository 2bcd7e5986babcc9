import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import type { LogConnection } from './log-connection.js';
import { FLUSHERS, LOG_PARTITIONS, logKeys, logPartitionOf } from './log-keys.js';
import { LogScript } from './log-script.js';

const scripts = {
  take: new LogScript('take'),
  acknowledge: new LogScript('acknowledge'),
  refuse: new LogScript('refuse'),
  enter: new LogScript('enter'),
  tidy: new LogScript('tidy'),
};
/** How long it is known why a write did not take effect. */
export const FATE_MS = 86_400_000;
/** What another flusher has claimed and not ended for so long is claimed anew: its work twice does no harm. */
const TAKEN_OVER_AFTER_MS = 5_000;
/** How often flushers that are gone are forgotten, and after how long without a sign of them. */
const TIDY_EVERY_MS = 60_000;
const FORGOTTEN_AFTER_MS = 3_600_000;
const PARTITIONS = Array.from({ length: LOG_PARTITIONS }, (_, partition) => partition);
const MOST_A_SCRIPT = 100;

/** A record that a flusher is to apply: as Redis holds it, since it may be unreadable. */
export interface ClaimedRecord {
  readonly name: string;
  readonly record: readonly string[];
}

/** The end of a claimed record. */
export interface Settled {
  readonly name: string;
  readonly last: number;
  /** Why its writes did not take effect; '' when they did. */
  readonly reason: string;
}

type Entry = [id: string, fields: string[] | null];
type Streams = [key: string, entries: Entry[]][] | null;

/** Hands out the records of the write log to be applied, each name's one after the other, and ends them. */
export class LogClaims {
  private readonly consumer = randomUUID().slice(0, 12);
  private tidiedAt = -Infinity;

  constructor(
    private readonly connection: LogConnection,
    /** Hears that streams were lost, and how many values that had waited in them were entered again. */
    private readonly onStreamsLost: (entered: number) => void = () => undefined,
    private readonly forgottenAfterMs = FORGOTTEN_AFTER_MS,
  ) {}

  /** What this flusher, or one that died or froze, has claimed and not ended. */
  async unfinished(atMost: number): Promise<ClaimedRecord[]> {
    const found = await this.collect(atMost, async (client, partition, count) => {
      const log = logKeys.log(partition);
      const own = (await client.call(
        ...['XREADGROUP', 'GROUP', FLUSHERS, this.consumer],
        ...['COUNT', count, 'STREAMS', log, '0'],
      )) as Streams;
      const [, others] = (await client.call(
        ...['XAUTOCLAIM', log, FLUSHERS, this.consumer, TAKEN_OVER_AFTER_MS, '0-0'],
        ...['COUNT', count],
      )) as [string, Entry[]];
      return [...(own?.[0]?.[1] ?? []), ...others];
    });
    if (performance.now() - this.tidiedAt >= TIDY_EVERY_MS) await this.tidy();
    return found;
  }

  /** Forgets flushers that are gone. */
  private async tidy(): Promise<void> {
    this.tidiedAt = performance.now();
    const values = [FLUSHERS, this.forgottenAfterMs];
    await this.connection.use((client) =>
      Promise.all(PARTITIONS.map((partition) => scripts.tidy.run(client, [logKeys.log(partition)], values))),
    );
  }

  /** What nobody has claimed yet, the oldest first. */
  fresh(atMost: number): Promise<ClaimedRecord[]> {
    return this.collect(atMost, async (client, partition, count) => {
      const streams = (await client.call(
        ...['XREADGROUP', 'GROUP', FLUSHERS, this.consumer],
        ...['COUNT', count, 'STREAMS', logKeys.log(partition), '>'],
      )) as Streams;
      return streams?.[0]?.[1] ?? [];
    });
  }

  /** The records of these names, whoever has claimed them; what was not claimed is from now on. */
  ofNames(names: readonly string[]): Promise<ClaimedRecord[]> {
    return this.connection.use((client) =>
      this.take(
        client,
        names.map((name) => ({ name, entry: '' })),
      ),
    );
  }

  /** Ends these records, and answers how many of them were not ended yet. */
  async acknowledge(settled: readonly Settled[]): Promise<number> {
    const ended = await this.connection.use((client) =>
      Promise.all(
        inSlots(settled).map(({ partition, items }) =>
          scripts.acknowledge.run(
            client,
            [
              ...[logKeys.log(partition), logKeys.counts(partition)],
              ...items.map(({ name }) => logKeys.claimed(name)),
              ...items.map(({ name }) => logKeys.pending(name)),
              ...items.flatMap(({ name, reason }) => (reason === '' ? [] : [logKeys.fates(name)])),
              logKeys.since(partition),
            ],
            [FLUSHERS, FATE_MS, ...items.flatMap(({ last, reason }) => [last, reason])],
          ),
        ),
      ),
    );
    return ended.reduce<number>((sum, count) => sum + Number(count), 0);
  }

  /** Notes that the source refused a record, which after `atMost` times becomes a dead letter; answers whether it did. */
  async refuse({ name, last, reason }: Settled, atMost: number): Promise<boolean> {
    const partition = logPartitionOf(name);
    const keys = [
      ...[logKeys.log(partition), logKeys.counts(partition), logKeys.claimed(name), logKeys.pending(name)],
      ...[logKeys.fates(name), logKeys.deadLetters(partition), logKeys.since(partition)],
    ];
    const letter = await this.connection.use((client) =>
      scripts.refuse.run(client, keys, [FLUSHERS, FATE_MS, last, reason, atMost]),
    );
    return letter !== '';
  }

  private async collect(
    atMost: number,
    read: (client: Redis, partition: number, count: number) => Promise<Entry[]>,
  ): Promise<ClaimedRecord[]> {
    const count = Math.max(Math.ceil(atMost / LOG_PARTITIONS), 1);
    return this.connection.use(async (client) => {
      const found = await this.withGroups(client, () =>
        Promise.all(PARTITIONS.map((partition) => read(client, partition, count))),
      );
      // an entry without fields was deleted: its record is ended
      const entries = found.flat().flatMap(([entry, fields]) => (fields ? [{ name: fields[1] ?? '', entry }] : []));
      return this.take(client, entries);
    });
  }

  private async take(client: Redis, entries: { name: string; entry: string }[]): Promise<ClaimedRecord[]> {
    const records = await Promise.all(
      inSlots(entries).map(async ({ partition, items }) => {
        const keys = [
          ...items.map(({ name }) => logKeys.claimed(name)),
          ...items.map(({ name }) => logKeys.pending(name)),
          logKeys.since(partition),
        ];
        const values = [FLUSHERS, ...items.map(({ entry }) => entry)];
        const found = (await scripts.take.run(client, [logKeys.log(partition), ...keys], values)) as string[][];
        return items.map(({ name }, index) => ({ name, record: found[index] ?? [] }));
      }),
    );
    return records.flat().filter(({ record }) => record.length > 0);
  }

  /** Runs `read`; a log whose streams or groups are not there, new or lost, gets them and is read again. */
  private async withGroups<T>(client: Redis, read: () => Promise<T>): Promise<T> {
    try {
      return await read();
    } catch (error) {
      if (!(error as Error).message.startsWith('NOGROUP')) throw error;
      await Promise.all(PARTITIONS.map((partition) => createGroup(client, partition)));
      const entered = await this.enterAll(client);
      if (entered > 0) this.onStreamsLost(entered);
      return read();
    }
  }

  /** Enters every name that has a record and no entry, and answers how many that were. */
  private async enterAll(client: Redis): Promise<number> {
    let cursor = '0';
    let entered = 0;
    do {
      const [next, keys] = await client.scan(cursor, 'MATCH', 'larder:{q*}:[cp]:*', 'COUNT', 1_000);
      const names = keys.map((key) => key.slice(key.indexOf('}:') + 4));
      const answers = await Promise.all(
        names.map((name) => {
          const partition = logPartitionOf(name);
          const own = [logKeys.log(partition), logKeys.claimed(name), logKeys.pending(name)];
          return scripts.enter.run(client, own, [name]);
        }),
      );
      entered += answers.reduce<number>((sum, answer) => sum + Number(answer), 0);
      cursor = next;
    } while (cursor !== '0');
    return entered;
  }
}

const createGroup = async (client: Redis, partition: number): Promise<void> => {
  try {
    await client.xgroup('CREATE', logKeys.log(partition), FLUSHERS, '0', 'MKSTREAM');
  } catch (error) {
    if (!(error as Error).message.startsWith('BUSYGROUP')) throw error;
  }
};

/** The items by partition, in portions that one script takes. */
const inSlots = <T extends { readonly name: string }>(items: readonly T[]): { partition: number; items: T[] }[] => {
  const portions: { partition: number; items: T[] }[] = [];
  const open = new Map<number, { partition: number; items: T[] }>();
  for (const item of items) {
    const partition = logPartitionOf(item.name);
    let portion = open.get(partition);
    if (!portion || portion.items.length >= MOST_A_SCRIPT) {
      portion = { partition, items: [] };
      portions.push(portion);
      open.set(partition, portion);
    }
    portion.items.push(item);
  }
  return portions;
};
