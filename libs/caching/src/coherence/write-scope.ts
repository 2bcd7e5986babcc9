import { AsyncLocalStorage } from 'node:async_hooks';

/** Carries something out once the transaction has ended, however it did. */
type Deferred = () => Promise<void>;

/** A transaction under way. What outlives it in the background still finds it, over. */
interface Scope {
  readonly deferred: Deferred[];
  isOver: boolean;
}

const scopes = new AsyncLocalStorage<Scope>();

const openScope = (): Scope | undefined => {
  const scope = scopes.getStore();
  return scope?.isOver === false ? scope : undefined;
};

/** Whether the caller is in a transaction that has not ended. */
export const isUncommitted = (): boolean => openScope() !== undefined;

/**
 * Runs `work`, a database transaction for one, and only after it has ended carries out the invalidations that it asked
 * for: before the commit they would let a reader fill the old value again. They happen also when `work` fails, since a
 * commit whose answer was lost may have been made. A scope inside a scope joins it.
 */
export const afterCommit = async <T>(work: () => Promise<T>): Promise<T> => {
  if (isUncommitted()) return work();
  const scope: Scope = { deferred: [], isOver: false };
  try {
    return await scopes.run(scope, work);
  } finally {
    scope.isOver = true;
    await Promise.all(scope.deferred.map((invalidate) => invalidate()));
  }
};

/** Carries `invalidate` out now, or when the transaction that the caller is in has ended. */
export const onceCommitted = async (invalidate: Deferred): Promise<void> => {
  const scope = openScope();
  if (scope) scope.deferred.push(invalidate);
  else await invalidate();
};
