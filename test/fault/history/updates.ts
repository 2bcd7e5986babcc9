import type { mongo } from 'mongoose';

/** A document as far as the checker looks at it, after one of its updates. */
export interface Shadow {
  readonly [field: string]: unknown;
  readonly log?: { readonly applied?: number };
  readonly views?: number;
  readonly price?: number;
  readonly version?: number;
  readonly isDeleted?: boolean;
}

interface Diff {
  readonly u?: Record<string, unknown>;
  readonly i?: Record<string, unknown>;
  readonly d?: Record<string, unknown>;
  readonly [sub: string]: unknown;
}

interface OplogEntry {
  readonly op: string;
  readonly o: Record<string, unknown> & { readonly diff?: Diff; readonly _id?: unknown };
  readonly o2?: { readonly _id: unknown };
}

const patched = (before: Record<string, unknown>, diff: Diff): Record<string, unknown> => {
  const gone = diff.d ?? {};
  const kept = Object.entries({ ...before, ...diff.i, ...diff.u }).filter(([field]) => !(field in gone));
  const after: Record<string, unknown> = Object.fromEntries(kept);
  for (const [name, inner] of Object.entries(diff)) {
    if (name.length < 2 || !name.startsWith('s')) continue;
    const field = name.slice(1);
    after[field] = patched((after[field] ?? {}) as Record<string, unknown>, inner as Diff);
  }
  return after;
};

/**
 * Every state that each document of a collection was in, the first one first: MongoDB's own log of what was done, so no
 * state between two is missed.
 */
export const statesOf = async (
  client: mongo.MongoClient,
  database: string,
  collection: string,
): Promise<Map<string, Shadow[]>> => {
  const states = new Map<string, Shadow[]>();
  const entries = client
    .db('local')
    .collection<OplogEntry & { ns: string }>('oplog.rs')
    .find({ ns: `${database}.${collection}`, op: { $in: ['i', 'u', 'd'] } }, { sort: { $natural: 1 } });
  for await (const { op, o, o2 } of entries) {
    const id = String(op === 'u' ? o2?._id : o._id);
    const list = states.get(id) ?? [];
    if (op === 'd') list.push({});
    else list.push(o.diff ? patched(list.at(-1) ?? {}, o.diff) : o);
    states.set(id, list);
  }
  return states;
};
