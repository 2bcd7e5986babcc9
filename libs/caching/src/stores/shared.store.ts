import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import { StoreUnavailableError } from '../errors.js';
import { decodeEnvelope, encodeEnvelope, headOf } from '../region/encoded-envelope.js';
import type { Envelope, Position } from '../region/envelope.js';
import { PARTITIONS, partitionOf, redisKeys } from '../topology/partitions.js';
import type { SharedConnection } from '../topology/shared-connection.js';
import { Script } from './script.js';
import { Store, type LeaseAnswer } from './store.js';

/** How many bus entries a partition keeps; all partitions together 102,400. */
export const BUS_WINDOW = 1_600;
/** How long a lease lasts unless it is renewed. */
export const LEASE_MS = 3_000;

const scripts = {
  lease: new Script('lease'),
  fill: new Script('fill'),
  renew: new Script('renew'),
  invalidate: new Script('invalidate', 3),
  write: new Script('write'),
  amend: new Script('amend'),
  ticket: new Script('ticket'),
  mark: new Script('mark'),
  unmark: new Script('unmark'),
  announceClear: new Script('announce-clear'),
};

/** How long the mark of a writer that died keeps its value from being cached. */
const MARK_MS = 30_000;
/** How long a write may take that is to be kept. */
const TICKET_MS = 30_000;

/** The largest `MGET`: of larger ones, Redis and this process would work in turn in place of side by side. */
const READS_AT_ONCE = 16;

/** A name whose value is to be dropped, if its version is below `below`; 0 is any. */
export interface Dropped {
  readonly name: string;
  readonly below: number;
}

/** Reads of one name in one tick, answered together. */
interface PendingRead {
  readonly name: string;
  readonly envelope: Promise<Envelope | undefined>;
  readonly resolve: (envelope: Envelope | undefined) => void;
  readonly reject: (error: unknown) => void;
}

const pendingRead = (name: string): PendingRead => {
  let resolve: PendingRead['resolve'] = () => undefined;
  let reject: PendingRead['reject'] = () => undefined;
  const envelope = new Promise<Envelope | undefined>((onValue, onError) => {
    resolve = onValue;
    reject = onError;
  });
  return { name, envelope, resolve, reject };
};

/** How long an envelope may be of any use. */
const lifetimeMsOf = ({ freshUntil, staleUntil, errorUntil, writtenAt }: Envelope): number =>
  Math.max(Math.ceil(Math.max(errorUntil, staleUntil, freshUntil) - writtenAt), 1);

/** Envelopes in Redis. Reads of one tick go together in `MGET`s, a name once; everything that decides is one script in one slot. */
export class SharedStore extends Store {
  /** A map for each tick: one that lived on would keep what was in it alive past its use. */
  private pending: Map<string, PendingRead> | undefined;

  constructor(
    private readonly connection: SharedConnection,
    readonly node: string,
    private readonly onUnreadable: (name: string) => void = () => undefined,
  ) {
    super();
  }

  get isAvailable(): boolean {
    return this.connection.isAvailable;
  }

  /**
   * Sent at the end of this tick; callers that ask for the same name until then are answered by the same envelope.
   * @throws {StoreUnavailableError} no answer within the deadline
   */
  override read(name: string): Promise<Envelope | undefined> {
    if (!this.isAvailable) return Promise.reject(new StoreUnavailableError());
    if (this.pending === undefined) {
      this.pending = new Map();
      process.nextTick(() => this.sendReads());
    }
    let read = this.pending.get(name);
    if (read === undefined) this.pending.set(name, (read = pendingRead(name)));
    return read.envelope;
  }

  /** @throws {StoreUnavailableError} no answer within the deadline */
  override async lease(name: string, seen?: Envelope): Promise<LeaseAnswer> {
    const token = randomUUID();
    const answer = await this.run(scripts.lease, this.markKeys(name), [token, LEASE_MS, seen ? headOf(seen) : '']);
    const [verdict, detail] = answer as [number, unknown];
    if (verdict === 3) return { kind: 'marked' };
    if (verdict === 1) return { kind: 'granted', token };
    if (verdict === 0) return { kind: 'held', leftMs: Math.max(Number(detail), 1) };
    const envelope = this.decoded(name, detail as Buffer);
    if (envelope) return { kind: 'present', envelope };
    await this.remove(name);
    return { kind: 'held', leftMs: 1 };
  }

  /** @throws {StoreUnavailableError} no answer within the deadline: whether it was kept is unknown */
  override async fill(name: string, token: string, envelope: Envelope): Promise<boolean> {
    return this.settle(name, token, encodeEnvelope(envelope), lifetimeMsOf(envelope));
  }

  /** Gives the lease back without a value, and wakes those who wait for it. */
  async release(name: string, token: string): Promise<void> {
    await this.settle(name, token, '', 0);
  }

  /** Prolongs the lease, and answers whether it still was the caller's. */
  async renew(name: string, token: string): Promise<boolean> {
    return (await this.run(scripts.renew, [redisKeys.lease(name)], [token, LEASE_MS])) === 1;
  }

  /**
   * Drops the envelope, voids the lease, tells the bus, and answers the position of that. With `below`, an envelope of
   * that version or a later one stays. `untrusted` sends it though the store is not trusted yet.
   */
  override remove(name: string, { below = 0, untrusted = false } = {}): Promise<Position> {
    return this.removeAll([{ name, below }], { untrusted });
  }

  /**
   * The same for several names, in one go: the position answered is that of the last.
   * @throws {RangeError} they are of several partitions, so of several slots
   */
  async removeAll(dropped: readonly Dropped[], { untrusted = false } = {}): Promise<Position> {
    const partition = partitionOf(dropped[0]?.name ?? '');
    const keys = [redisKeys.bus(partition), redisKeys.end(partition)];
    const values: (string | number)[] = [this.node, BUS_WINDOW];
    for (const { name, below } of dropped) {
      if (partitionOf(name) !== partition) throw new RangeError(`${name} is not of partition ${partition}.`);
      keys.push(redisKeys.envelope(name), redisKeys.lease(name), redisKeys.ticket(name));
      values.push(name, below);
    }
    return String(await this.run(scripts.invalidate, keys, values, untrusted));
  }

  /** Says that a write under `name` begins, and answers the ticket by which its outcome may be kept. */
  async ticket(name: string): Promise<string> {
    const token = randomUUID();
    await this.run(scripts.ticket, [redisKeys.ticket(name)], [token, TICKET_MS]);
    return token;
  }

  /**
   * Replaces an envelope that is known to be older: by its version, or since nothing was said under `name` since `ticket`.
   * Else drops it, unless a newer one is there. Answers whether it replaced, and the bus position. With `isByTicket` versions
   * decide nothing: of values of one version none may be the newer.
   */
  async write(
    name: string,
    envelope: Envelope,
    ticket: string,
    { isByTicket = false } = {},
  ): Promise<{ kept: boolean; position: Position }> {
    const kept = [encodeEnvelope(envelope), lifetimeMsOf(envelope), ticket];
    const values = [this.node, name, BUS_WINDOW, isByTicket ? 0 : envelope.version, ...kept];
    const [isKept, position] = (await this.run(scripts.write, this.ticketKeys(name), values)) as [number, Buffer];
    return { kept: isKept === 1, position: String(position) };
  }

  /** Replaces exactly `seen`, and answers the bus position; `undefined` when another envelope, or none, is there by now. */
  async amend(name: string, seen: Envelope, envelope: Envelope): Promise<Position | undefined> {
    const values = [this.node, name, BUS_WINDOW, headOf(seen), encodeEnvelope(envelope), lifetimeMsOf(envelope)];
    const position = String(await this.run(scripts.amend, this.ticketKeys(name), values));
    return position === '' ? undefined : position;
  }

  /** Says that a write under `name` begins: until it is unmarked by the token answered, nothing is kept there. */
  async mark(name: string): Promise<string> {
    const token = randomUUID();
    await this.run(scripts.mark, this.markKeys(name), [token, MARK_MS]);
    return token;
  }

  /** Says that the write is over. */
  async unmark(name: string, token: string, { untrusted = false } = {}): Promise<void> {
    await this.run(scripts.unmark, this.markKeys(name), [token], untrusted);
  }

  /** Where the bus of every partition ends now; `0-0` for one that has not begun. */
  async ends(): Promise<Position[]> {
    const keys = Array.from({ length: PARTITIONS }, (_, partition) => redisKeys.end(partition));
    return (await this.connection.use((client) => client.mget(keys))).map((end) => end ?? '0-0');
  }

  /**
   * Drops every envelope and voids every lease of a region's version, whatever its key, tells the bus, and answers the
   * position of that. The cost grows with the number of keys in Redis: for an operator, not for a request.
   */
  async clear(prefix: string, { untrusted = false } = {}): Promise<Position> {
    // First the leases: a scan may pass by an envelope that appears while it runs, so nothing older may appear.
    await this.unlinkScanned(`larder:{p*}:[lw]:${prefix}:*`, untrusted);
    await this.unlinkScanned(`larder:{p*}:e:${prefix}:*`, untrusted);
    const partition = partitionOf(prefix);
    const keys = [redisKeys.bus(partition), redisKeys.end(partition)];
    return String(await this.run(scripts.announceClear, keys, [this.node, prefix, BUS_WINDOW], untrusted));
  }

  /** Drops every envelope, tag and bus: each node then notices that it has lost count, and drops what it holds. */
  async clearAll(): Promise<void> {
    await this.unlinkScanned('larder:{p*}:[lw]:*', true);
    await this.unlinkScanned('larder:{p*}:[et]:*', true);
    await this.unlinkScanned('larder:{p*}:bus', true);
    await this.unlinkScanned('larder:{p*}:end', true);
  }

  private async unlinkScanned(pattern: string, untrusted: boolean): Promise<void> {
    let cursor = '0';
    do {
      const [next, keys] = await this.connection.use(
        (client) => client.scan(cursor, 'MATCH', pattern, 'COUNT', 1_000),
        { untrusted },
      );
      if (keys.length > 0) await this.connection.use((client) => client.unlink(keys), { untrusted });
      cursor = next;
    } while (cursor !== '0');
  }

  private async settle(name: string, token: string, bytes: Buffer | string, lifetimeMs: number): Promise<boolean> {
    const values = [token, bytes, lifetimeMs, this.node, name, BUS_WINDOW];
    return (await this.run(scripts.fill, this.slotKeys(name), values)) === 1;
  }

  private slotKeys(name: string): string[] {
    const partition = partitionOf(name);
    return [redisKeys.envelope(name), redisKeys.lease(name), redisKeys.bus(partition), redisKeys.end(partition)];
  }

  private ticketKeys(name: string): string[] {
    return [...this.slotKeys(name), redisKeys.ticket(name)];
  }

  private markKeys(name: string): string[] {
    return [redisKeys.envelope(name), redisKeys.lease(name), redisKeys.marks(name)];
  }

  private decoded(name: string, bytes: Buffer | null): Envelope | undefined {
    if (bytes === null) return undefined;
    const envelope = decodeEnvelope(bytes);
    if (!envelope) this.onUnreadable(name);
    return envelope;
  }

  private run(
    script: Script,
    keys: readonly string[],
    values: readonly (string | number | Buffer)[],
    untrusted = false,
  ): Promise<unknown> {
    return this.connection.use((client) => script.run(client, keys, values), { untrusted });
  }

  private sendReads(): void {
    const reads = [...(this.pending?.values() ?? [])];
    this.pending = undefined;
    for (let from = 0; from < reads.length; from += READS_AT_ONCE) {
      void this.sendSome(reads.length <= READS_AT_ONCE ? reads : reads.slice(from, from + READS_AT_ONCE));
    }
  }

  private async sendSome(reads: readonly PendingRead[]): Promise<void> {
    try {
      const keys = reads.map(({ name }) => redisKeys.envelope(name));
      const values = await this.connection.use((client: Redis) => client.mgetBuffer(keys));
      for (const [index, { name, resolve }] of reads.entries()) resolve(this.decoded(name, values[index] ?? null));
    } catch (error) {
      for (const { reject } of reads) reject(error);
    }
  }
}
