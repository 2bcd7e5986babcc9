import { connectRedis, type AcceptedWrite, type Region, type WriteOperation, type WriteSink } from '@larder/caching';
import { randomUUID } from 'node:crypto';

const STREAM = 'plain';
const GROUP = 'flushers';

type Entries = [id: string, fields: string[]][];

/** Write-behind as it is often written: each operation an entry by XADD, applied and acknowledged by whoever reads it. */
export class PlainLog {
  private readonly consumer = randomUUID();
  private readonly client;
  private sink: WriteSink | undefined;

  constructor(url: string) {
    this.client = connectRedis(url, { role: 'log' });
  }

  get unavailableFor(): string | undefined {
    return this.client.status === 'ready' ? undefined : this.client.status;
  }

  register<P, V>(_region: Region<P, V>, sink: WriteSink<V>): void {
    this.sink = sink;
  }

  async append<P, V>(region: Region<P, V>, params: P, operation: WriteOperation): Promise<AcceptedWrite> {
    const id = await this.client.xadd(STREAM, '*', 'entry', JSON.stringify({ params, operation }));
    if (id === null) throw new Error('The entry was not added.');
    const position = positionOf(id);
    return { writeId: `${region.name} ${id}`, position, durability: 'relaxed', pending: [] };
  }

  async flush(): Promise<number> {
    await this.client.xgroup('CREATE', STREAM, GROUP, '0', 'MKSTREAM').catch((error: unknown) => {
      if (!String(error).includes('BUSYGROUP')) throw error;
    });
    const read = (await this.client.call(
      ...['XREADGROUP', 'GROUP', GROUP, this.consumer],
      ...['COUNT', 500, 'STREAMS', STREAM, '>'],
    )) as [string, Entries][] | null;
    const entries = read?.[0]?.[1] ?? [];
    if (entries.length === 0) return 0;
    await this.sink?.apply(entries.map(([id, [, text = '']]) => writeIn(id, text)));
    const ids = entries.map(([id]) => id);
    await this.client.xack(STREAM, GROUP, ...ids);
    await this.client.xdel(STREAM, ...ids);
    return ids.length;
  }

  settle(): Promise<void> {
    return Promise.resolve();
  }

  close(): void {
    this.client.disconnect();
  }
}

/** A number that grows as the ids of entries do. */
const positionOf = (id: string): number => {
  const [ms = '0', number = '0'] = id.split('-');
  return Number(ms) * 1_000 + Number(number);
};

const writeIn = (id: string, text: string): Parameters<WriteSink['apply']>[0][number] => {
  const { params, operation } = JSON.parse(text) as { params: unknown; operation: WriteOperation };
  const position = positionOf(id);
  return {
    ...{ name: '', params, first: position, last: position, count: 1, acceptedAt: 0, taken: 1, refused: 0 },
    isDelete: 'delete' in operation,
    value: 'replace' in operation ? operation.replace : undefined,
    set: 'set' in operation ? (operation.set ?? {}) : {},
    add: 'add' in operation ? (operation.add ?? {}) : {},
  };
};
