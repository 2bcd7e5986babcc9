import { AsyncLocalStorage } from 'node:async_hooks';

/** How one read was answered, in the words of RFC 9111 and 9211. */
export interface CacheRead {
  readonly region: string;
  readonly outcome: 'hit' | 'stale' | 'miss' | 'bypass';
  readonly tier: 'near' | 'shared' | 'source';
  /** Whether the loaded value was kept. */
  readonly stored: boolean;
  /** Whether the caller shared another's load. */
  readonly collapsed: boolean;
  /** How old the value was, in ms. */
  readonly ageMs: number;
  /** The write log was away, so nobody knows whether writes are pending for the value: it may be behind. */
  readonly isPendingUnknown?: boolean;
}

const observed = new AsyncLocalStorage<CacheRead[]>();
let observers = 0;

/** Runs `work` and answers, beside its result, every cache read it made, in order. */
export const observeReads = async <T>(work: () => Promise<T>): Promise<{ result: T; reads: CacheRead[] }> => {
  const reads: CacheRead[] = [];
  observers += 1;
  try {
    return { result: await observed.run(reads, work), reads };
  } finally {
    observers -= 1;
  }
};

/** Whether anyone observes reads now: where not, describing one would be wasted work. */
export const isObserved = (): boolean => observers > 0;

/** Tells whoever observes the current call of a read. */
export const reportRead = (read: CacheRead): void => {
  if (observers > 0) observed.getStore()?.push(read);
};
