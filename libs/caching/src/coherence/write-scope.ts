import { AsyncLocalStorage } from 'node:async_hooks';

/** Carries something out once the outcome is known; `isCommitted` is false when it failed or is unknown. */
type Deferred = (isCommitted: boolean) => Promise<void>;

const scopes = new AsyncLocalStorage<Deferred[]>();

/**
 * Runs `work`, a database transaction for one, and only after it has ended carries out the invalidations that it asked
 * for: before the commit they would let a reader fill the old value again. They happen also when `work` fails, since a
 * commit whose answer was lost may have been made. A scope inside a scope joins it.
 */
export const afterCommit = async <T>(work: () => Promise<T>): Promise<T> => {
  if (scopes.getStore()) return work();
  const deferred: Deferred[] = [];
  let isCommitted = false;
  try {
    const result = await scopes.run(deferred, work);
    isCommitted = true;
    return result;
  } finally {
    await Promise.all(deferred.map((invalidate) => invalidate(isCommitted)));
  }
};

/** Carries `invalidate` out now, or when the transaction that the caller is in has ended. */
export const onceCommitted = async (invalidate: Deferred): Promise<void> => {
  const deferred = scopes.getStore();
  if (deferred) deferred.push(invalidate);
  else await invalidate(true);
};
