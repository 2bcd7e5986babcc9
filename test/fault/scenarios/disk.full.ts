import { execFile } from 'node:child_process';
import { mkdtemp, rm, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { until } from '../../support/until.js';
import type { FaultLab } from '../fault.lab.js';
import { now } from '../history/history.js';
import { inLab, type Run, type Scenario } from '../scenario.js';

const run = promisify(execFile);
const LARGE_BYTES = 2_147_483_648;
/** So little is left of a disk that is made small. */
const LEFT_BYTES = 1_000_000;
const AGAIN_AFTER_MS = 200;

/** A disk of few megabytes, where this user may mount one. */
interface SmallDisk {
  readonly path: string;
  grow(): Promise<void>;
  shrink(): Promise<void>;
  close(): Promise<void>;
}

const aSmallDisk = async (): Promise<SmallDisk | undefined> => {
  if (process.getuid?.() !== 0) return undefined;
  const path = await mkdtemp(join(tmpdir(), 'larder-disk-'));
  const isMounted = await run('mount', ['-t', 'tmpfs', '-o', `size=${LARGE_BYTES}`, 'tmpfs', path]).then(
    () => true,
    () => false, // a container may not mount; the shim alone is taken
  );
  const sized = async (bytes: number): Promise<void> => {
    await run('mount', ['-o', `remount,size=${bytes}`, path]);
  };
  if (isMounted)
    return {
      path,
      grow: () => sized(LARGE_BYTES),
      shrink: async () => {
        const { blocks, bfree, bsize } = await statfs(path);
        await sized((blocks - bfree) * bsize + LEFT_BYTES);
      },
      close: async () => {
        await run('umount', ['-l', path]);
        await rm(path, { recursive: true });
      },
    };
  await rm(path, { recursive: true });
  return undefined;
};

/** Starts the queue Redis again whenever it has ended, as a supervisor does; answers how to end that. */
const supervise = ({ queue: { server } }: FaultLab): (() => void) => {
  let isOver = false;
  const again = async (): Promise<void> => {
    await wait(AGAIN_AFTER_MS);
    if (!isOver) await server.restart().catch(again); // while the disk is full it may not even start
  };
  server.onEnd(() => void again());
  return () => {
    isOver = true;
  };
};

/** Fills the disk: the small one, or any by the shim, for which nothing need be mounted. Answers how long it took to come back, in ms. */
const fillUp = async (lab: FaultLab, small: SmallDisk | undefined, { lastsMs, say }: Run): Promise<number> => {
  await (small ? small.shrink() : lab.queue.disk.fill(true));
  const before = lab.counts;
  await until(() => lab.counts.failed + lab.counts.unknown > before.failed + before.unknown, { withinMs: 60_000 });
  await wait(lastsMs);
  const full = lab.counts.acknowledged;
  await wait(AGAIN_AFTER_MS);
  say(`full (${small ? 'tmpfs' : 'shim'}) for ${lastsMs} ms, ${lab.counts.acknowledged - full} accepted at its end`);
  const at = now();
  await (small ? small.grow() : lab.queue.disk.fill(false));
  return lab.firstAcceptedAfter(at, 60_000);
};

export const diskFull: Scenario = {
  id: 'D4',
  about: 'the disk of the queue Redis is full, then has space again: it comes back without an operator',
  short: { faults: 2, between: 1_000, lastsMs: 1_000 },
  full: { faults: 10, between: 10_000, lastsMs: 5_000 },
  run: async (asked) => {
    const small = await aSmallDisk();
    try {
      const options = { seed: asked.seed, ...(small && { queueData: join(small.path, 'queue') }) };
      return await inLab(options, asked, async (lab) => {
        const leave = supervise(lab);
        const recoveries: number[] = [];
        for (let fault = 1; fault <= asked.faults; fault += 1) {
          await lab.accept(asked.between);
          const way = fault % 2 === 0 ? small : undefined;
          recoveries.push(await lab.fault('disk full', () => fillUp(lab, way, asked)));
          asked.say(`${fault} of ${asked.faults}: accepts again after ${Math.round(recoveries.at(-1) ?? 0)} ms`);
        }
        await lab.accept(asked.between);
        leave();
        const recoveryMs = Math.round(Math.max(...recoveries));
        return { facts: { recoveryMs, disk: small ? 'shim and tmpfs' : 'shim' } };
      });
    } finally {
      await small?.close();
    }
  },
};
