import { AsyncLocalStorage } from 'node:async_hooks';

/** Reads inside must not be answered by what was known before `since` (a monotonic reading). */
interface Floor {
  readonly since: number;
}

const floors = new AsyncLocalStorage<Floor>();
let open = 0;

/** Runs `work` so that its reads pass by near copies and do not join reads that began before it. */
export const withReadFloor = async <T>(work: () => Promise<T>): Promise<T> => {
  open += 1;
  try {
    return await floors.run({ since: performance.now() }, work);
  } finally {
    open -= 1;
  }
};

/** Whether the current call is inside a floor; costs next to nothing while nobody is. */
export const isFloored = (): boolean => open > 0 && floors.getStore() !== undefined;

/** From when on a read must have begun to be joined by the current call. */
export const floorSince = (): number => (open > 0 ? (floors.getStore()?.since ?? -Infinity) : -Infinity);
