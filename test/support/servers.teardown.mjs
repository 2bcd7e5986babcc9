import { rm } from 'node:fs/promises';

/** Stops what the set-up has started, and removes its data. */
export default async () => {
  const { home, servers } = globalThis.localServers;
  await servers.stop();
  await rm(home, { recursive: true, force: true });
};
