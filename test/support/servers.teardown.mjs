import { rm } from 'node:fs/promises';

/** Stops what the set-up has started, and removes its data. */
export default async () => {
  await rm(process.env.LARDER_E2E_RUN, { recursive: true, force: true });
  if (globalThis.localServers === undefined) return;
  const { home, servers } = globalThis.localServers;
  await servers.stop();
  await rm(home, { recursive: true, force: true });
};
