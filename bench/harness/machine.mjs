import { readFileSync } from 'node:fs';
import os from 'node:os';
import { fileURLToPath } from 'node:url';

const BENCH = fileURLToPath(new URL('../', import.meta.url));
const read = (path) => JSON.parse(readFileSync(`${BENCH}${path}`, 'utf8'));

/** What a report says about where it was measured. */
export const machine = () => {
  const cpus = os.cpus();
  return {
    processors: `${cpus.length} × ${cpus[0].model.trim()}`,
    memory: `${Math.round(os.totalmem() / 1_024 ** 3)} GiB`,
    system: `${os.type()} ${os.release()}`,
    node: process.versions.node,
    v8: process.versions.v8,
    load: os
      .loadavg()
      .map((load) => load.toFixed(1))
      .join(' '),
  };
};

/** The versions of the peers, as installed. */
export const versions = () =>
  Object.fromEntries(
    Object.keys(read('package.json').dependencies).map((name) => [
      name,
      read(`node_modules/${name}/package.json`).version,
    ]),
  );
