import { AsyncLocalStorage } from 'node:async_hooks';

const requests = new AsyncLocalStorage<string>();

/** Runs `work` as part of the request with this id; whatever it logs carries the id. */
export const withinRequest = (id: string, work: () => void): void => {
  requests.run(id, work);
};

/** The id of the request that is being answered here, if one is. */
export const currentRequestId = (): string | undefined => requests.getStore();
