import { changeAt } from './field-paths.js';
import type { PendingWrite } from './pending-write.js';
import type { Json } from './json.js';
import { WriteSink, type FlushOutcome } from './write-sink.js';

/** What a sink needs of a collection of the MongoDB driver. */
export interface SinkCollection {
  bulkWrite(
    operations: never[],
    options: { readonly ordered: false },
  ): Promise<{ readonly matchedCount: number; readonly upsertedCount: number }>;
  find(filter: object, options: { readonly projection: object }): { toArray(): Promise<object[]> };
}

/** One line of a bulk write. */
export interface SinkUpdate {
  readonly updateOne: { readonly filter: object; readonly update: object | object[]; readonly upsert?: boolean };
}

/** A document as far as a sink looks at it. */
interface Guarded {
  readonly _id: unknown;
  readonly log?: { readonly applied?: number };
  readonly isDeleted?: boolean;
}

interface WriteFault {
  readonly index: number;
  readonly code?: number;
  readonly errmsg?: string;
}

const DUPLICATE_KEY = 11_000;
/** Errors of the driver that are about what was asked, not about who was asked. */
const OF_WRITES = new Set(['MongoInvalidArgumentError', 'MongoAPIError', 'MongoParseError']);
/** What Node says of a socket that ended under a request. */
const SOCKET_CODES = new Set(['EPIPE', 'ECONNRESET', 'ECONNREFUSED', 'ETIMEDOUT']);

/** Codes of a server that shuts down, steps down, or is no primary. */
const GOING_DOWN = new Set([6, 7, 89, 91, 189, 262, 9_001, 10_107, 11_600, 11_602, 13_435, 13_436]);

/** Matches a document that has not seen the write yet. */
export const unseenBy = ({ last }: PendingWrite): object => ({ 'log.applied': { $not: { $gte: last } } });

/**
 * Whether an error says something of MongoDB, not of what was written: it is away, electing, full, too slow, or does not let
 * us. The writes are kept then: waiting, or an operator, helps.
 */
export const isMongoAway = (error: unknown): boolean => {
  if (!(error instanceof Error)) return false;
  const { code } = error as Error & { code?: unknown };
  if (typeof code === 'string' && SOCKET_CODES.has(code)) return true;
  if (error.name.startsWith('Mongo') && !OF_WRITES.has(error.name)) return true;
  return error.cause !== undefined && error.cause !== error && isMongoAway(error.cause);
};

const faultsOf = (error: unknown): readonly WriteFault[] | undefined => {
  if (!(error instanceof Error) || error.name !== 'MongoBulkWriteError') return undefined;
  const { writeErrors } = error as Error & { writeErrors?: WriteFault | readonly WriteFault[] };
  const faults = Array.isArray(writeErrors)
    ? (writeErrors as WriteFault[])
    : writeErrors
      ? [writeErrors as WriteFault]
      : [];
  return faults.length > 0 ? faults : undefined;
};

/** The set fields with what is added to them, and what is added to others. */
export const fieldsOf = ({ set, add }: PendingWrite): { set: Record<string, Json>; add: Record<string, number> } => {
  const both = Object.fromEntries(
    Object.entries(set).map(([field, value]) => [field, typeof value === 'number' ? value + (add[field] ?? 0) : value]),
  );
  return { set: both, add: Object.fromEntries(Object.entries(add).filter(([field]) => !Object.hasOwn(set, field))) };
};

/**
 * Writes into one MongoDB collection by unordered bulks: `_id` is the region's only parameter, or what `idOf` makes of
 * the parameters; `log.applied` is the last position applied. Fields that are set raise `version` by one. A deleted document
 * stays as a tombstone, `isDeleted: true`, which a loader must take for absence.
 */
export class MongoSink<V = unknown> extends WriteSink<V> {
  /** Whether a change makes the document that it finds missing; else it is superseded. */
  protected readonly isMaking: boolean = false;

  constructor(
    protected readonly collection: () => SinkCollection,
    protected readonly idOf: (params: unknown) => unknown = (params) => Object.values(params as object)[0],
  ) {
    super();
  }

  override async apply(writes: readonly PendingWrite[]): Promise<readonly FlushOutcome[]> {
    const refused = new Map<number, string>();
    let isExact = false;
    try {
      const updates = writes.map((write) => this.updateOf(write));
      const { matchedCount, upsertedCount } = await this.collection().bulkWrite(updates as never[], { ordered: false });
      isExact = matchedCount + upsertedCount === writes.length;
    } catch (error) {
      const faults = faultsOf(error);
      // a server that goes down breaks a bulk off, and says nothing of the lines after that
      if (!faults || faults.some(({ code }) => GOING_DOWN.has(code ?? 0))) throw error;
      for (const { index, code, errmsg = 'refused' } of faults) {
        // a guarded upsert that meets a document which has seen the write tries to insert another one
        if (code !== DUPLICATE_KEY || !/ index: _id_ /.test(errmsg)) refused.set(index, errmsg);
      }
    }
    const gone = isExact ? new Set<unknown>() : await this.gone(writes);
    return writes.map((write, index) => {
      const reason = refused.get(index);
      if (reason !== undefined) return { state: 'refused', reason };
      return { state: gone.has(write) ? 'superseded' : 'applied' };
    });
  }

  override isUnavailable(error: unknown): boolean {
    return isMongoAway(error);
  }

  override overlaid(value: V, write: PendingWrite): V {
    if (write.isDelete) return null as V;
    const whole = (write.value === undefined ? value : write.value) as Record<string, unknown> | null;
    if (whole === null) return null as V;
    const { set, add } = fieldsOf(write);
    const copy = structuredClone(whole);
    for (const [field, given] of Object.entries(set)) changeAt(copy, field, () => given);
    for (const [field, addend] of Object.entries(add)) changeAt(copy, field, (before) => Number(before ?? 0) + addend);
    return copy as V;
  }

  /** The guarded update that applies a write. */
  protected updateOf(write: PendingWrite): SinkUpdate {
    const _id = this.idOf(write.params);
    const filter = { _id, ...unseenBy(write) };
    const { last, isDelete, value } = write;
    if (isDelete) {
      const tombstone = { _id: '$_id', isDeleted: true, version: '$version', log: { applied: last } };
      return { updateOne: { filter, update: [{ $replaceWith: tombstone }] } };
    }
    const { set, add } = fieldsOf(write);
    if (value !== undefined) {
      const whole = this.overlaid(value as V, { ...write, value: undefined, set, add }) as Record<string, unknown>;
      const version = { $add: [{ $ifNull: ['$version', 0] }, 1] };
      const next = {
        $mergeObjects: [{ $literal: whole }, { _id: { $literal: _id }, version, log: { applied: last } }],
      };
      return { updateOne: { filter, update: [{ $replaceWith: next }], upsert: true } };
    }
    const raise = Object.keys(set).length > 0 ? { version: 1 } : {};
    return {
      updateOne: {
        filter: { ...filter, isDeleted: { $ne: true } },
        update: { $set: { ...set, 'log.applied': last }, $inc: { ...add, ...raise } },
        upsert: this.isMaking,
      },
    };
  }

  /** Which of these writes found no document to change. */
  private async gone(writes: readonly PendingWrite[]): Promise<Set<unknown>> {
    const ids = writes.map(({ params }) => this.idOf(params));
    const options = { projection: { 'log.applied': 1, isDeleted: 1 } };
    const found = (await this.collection()
      .find({ _id: { $in: ids } }, options)
      .toArray()) as Guarded[];
    const seen = new Map(found.map((document) => [textOf(document._id), document]));
    return new Set(
      writes.filter((write, index) => {
        const document = seen.get(textOf(ids[index]));
        return (
          !document || (document.isDeleted === true && !write.isDelete && (document.log?.applied ?? 0) < write.last)
        );
      }),
    );
  }
}

/** An id by its value: an `ObjectId` is never the same object twice. */
const textOf = (id: unknown): string =>
  typeof id === 'bigint' ? `number ${id}` : `${typeof id} ${JSON.stringify(id)}`;
