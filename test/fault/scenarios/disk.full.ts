import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { until } from '../../support/until.js';
import type { FaultLab } from '../fault.lab.js';
import { now } from '../history/history.js';
import { inLab, type Run, type Scenario } from '../scenario.js';

const run = promisify(execFile);
const SMALL = '6m';
const LARGE = '2g';
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
  const isMounted = await run('mount', ['-t', 'tmpfs', '-o', `size=${LARGE}`, 'tmpfs', path]).then(
    () => true,
    () => false, // a container may not mount; the other way is taken
  );
  const sized = async (size: string): Promise<void> => {
    await run('mount', ['-o', `remount,size=${size}`, path]);
  };
  if (isMounted)
    return {
      path,
      grow: () => sized(LARGE),
      shrink: () => sized(SMALL),
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

const fillUp = async (lab: FaultLab, disk: SmallDisk | undefined, { lastsMs, say }: Run): Promise<number> => {
  await (disk ? disk.shrink().catch(() => lab.queue.disk.fill(true)) : lab.queue.disk.fill(true));
  const before = lab.counts;
  await until(() => lab.counts.failed + lab.counts.unknown > before.failed + before.unknown, { withinMs: 60_000 });
  await wait(lastsMs);
  const full = lab.counts.acknowledged;
  await wait(AGAIN_AFTER_MS);
  say(`full for ${lastsMs} ms, ${lab.counts.acknowledged - full} accepted at its end`);
  const at = now();
  await lab.queue.disk.fill(false);
  await disk?.grow();
  return lab.firstAcceptedAfter(at);
};

export const diskFull: Scenario = {
  id: 'D4',
  about: 'the disk of the queue Redis is full, then has space again: it comes back without an operator',
  short: { faults: 1, between: 1_000, lastsMs: 1_000 },
  full: { faults: 10, between: 10_000, lastsMs: 5_000 },
  run: async (asked) => {
    const disk = await aSmallDisk();
    try {
      const options = { seed: asked.seed, ...(disk && { queueData: join(disk.path, 'queue') }) };
      return await inLab(options, asked, async (lab) => {
        const leave = supervise(lab);
        let recoveryMs = 0;
        for (let fault = 1; fault <= asked.faults; fault += 1) {
          await lab.accept(asked.between);
          recoveryMs = Math.max(recoveryMs, await lab.fault('disk full', () => fillUp(lab, disk, asked)));
          asked.say(`${fault} of ${asked.faults}: accepts again after ${Math.round(recoveryMs)} ms at most`);
        }
        await lab.accept(asked.between);
        leave();
        return { facts: { recoveryMs: Math.round(recoveryMs), disk: disk ? 'tmpfs' : 'shim' } };
      });
    } finally {
      await disk?.close();
    }
  },
};
