import { LoadTimeoutError } from '../errors.js';
import type { AnyRegion } from '../region/region.js';
import type { LoaderSaid } from './loader-said.js';
import type { PendingWrites } from './pending-writes.js';
import type { LoadContext } from './regions.js';

/** A running load: its value, and the same under the soft timeout. */
export interface RunningLoad<V> {
  readonly value: Promise<V>;
  /** Rejects when the load takes longer than the soft timeout, which ends nothing. */
  readonly orSoftTimeout: () => Promise<V>;
  /** What the loader said about keeping its value. */
  readonly said: LoaderSaid;
}

/** What a loader answers when the value it would replace is still true. */
export const UNCHANGED = Symbol('unchanged');

/** Says that the soft timeout has passed; the load goes on. */
class SoftTimeout extends Error {}

const within = async <V>(value: Promise<V>, ms: number, error: () => Error): Promise<V> => {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(error()), ms);
  });
  try {
    return await Promise.race([value, timeout]);
  } finally {
    clearTimeout(timer);
  }
};

/** Runs `work`, and ends it with a `LoadTimeoutError` and an aborted signal when the region's hard timeout passes. */
export const startLoad = <V>(
  region: AnyRegion,
  replacesVersion: number,
  work: (context: LoadContext, said: LoaderSaid) => Promise<V>,
): RunningLoad<V> => {
  const controller = new AbortController();
  const said: LoaderSaid = { isKept: true, keeping: {}, applied: [], isPendingUnknown: false };
  const context: LoadContext = {
    signal: controller.signal,
    replacesVersion,
    keep: (keeping) => {
      said.keeping = { ...said.keeping, ...keeping };
    },
    doNotKeep: () => {
      said.isKept = false;
    },
    applied: (...positions) => {
      said.applied = positions;
    },
    unchanged: UNCHANGED as never,
  };
  const run = async (): Promise<V> => work(context, said);
  const value = within(run(), region.hardTimeoutMs, () => {
    const error = new LoadTimeoutError(region.name, region.hardTimeoutMs);
    controller.abort(error);
    return error;
  });
  return { value, said, orSoftTimeout: () => within(value, region.softTimeoutMs, () => new SoftTimeout()) };
};

/** One value, loaded with what is pending for it on top where writes may be pending. */
export const loadOver = async <P, V>(
  pendingWrites: PendingWrites<P, V> | undefined,
  params: P,
  said: LoaderSaid,
  load: () => Promise<V>,
): Promise<V> => {
  if (!pendingWrites) return load();
  const [value] = await pendingWrites.overlaid([params], said, async () => [await load()]);
  return value as V;
};
