import { mkdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { ROOT } from './command.mjs';

const LOCK = join(ROOT, 'dist', '.setup.lock');
const BEAT_EVERY_MS = 500;
const DEAD_AFTER_MS = 5_000;
const LOOK_EVERY_MS = 100;

const isTaken = () => {
  try {
    mkdirSync(dirname(LOCK), { recursive: true });
    writeFileSync(LOCK, `${process.pid}\n`, { flag: 'wx' });
    return false;
  } catch (error) {
    if (error.code === 'EEXIST') return true;
    throw error;
  }
};

/** Whether the command that has the lock was killed: it is no more, or it has left off touching the lock. */
const isDead = () => {
  const touched = statSync(LOCK, { throwIfNoEntry: false })?.mtimeMs;
  if (touched === undefined) return false;
  if (Date.now() - touched > DEAD_AFTER_MS) return true;
  try {
    process.kill(Number(readFileSync(LOCK, 'utf8')) || process.pid, 0);
    return false;
  } catch (error) {
    if (error.code === 'ENOENT') return false; // given back meanwhile
    if (error.code === 'ESRCH') return true;
    throw error;
  }
};

const clearDead = () => {
  if (!isDead()) return;
  const aside = `${LOCK}.${process.pid}`;
  try {
    renameSync(LOCK, aside);
  } catch (error) {
    if (error.code !== 'ENOENT') throw error; // another command was quicker
  }
  rmSync(aside, { force: true });
};

const beat = () => {
  try {
    utimesSync(LOCK, new Date(), new Date());
  } catch (error) {
    if (error.code !== 'ENOENT') throw error; // `npm run clean` takes dist away whole
  }
};

/** Does `work` while no other command of this checkout installs or builds. */
export const withSetupLock = async (work, signal) => {
  for (let isTold = false; isTaken(); isTold = true) {
    if (!isTold) console.log('Another command is installing or building; waiting for it.');
    clearDead();
    await wait(LOOK_EVERY_MS, undefined, { signal });
  }
  const beating = setInterval(beat, BEAT_EVERY_MS);
  try {
    return await work();
  } finally {
    clearInterval(beating);
    rmSync(LOCK, { force: true });
  }
};
