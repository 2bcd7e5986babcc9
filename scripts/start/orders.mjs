import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const LOOK_EVERY_MS = 500;
const ONE_CTRL_C_MS = 2_000;
const SHELLS = /^-?(.*\/)?(sh|dash|bash|ash|zsh|busybox)$/;

/** Parent and program of a process, or `undefined` when it is gone. */
const lookAt = (pid) => {
  try {
    if (process.platform !== 'linux') {
      const [, parent, program] =
        /^\s*(\d+)\s+(.*)$/m.exec(execFileSync('ps', ['-o', 'ppid=,comm=', '-p', String(pid)], { encoding: 'utf8' })) ??
        [];
      return { parent: Number(parent), program };
    }
    const [, program, parent] = /^\d+ \((.*)\) \S (\d+)/s.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? [];
    return { parent: Number(parent), program };
  } catch {
    return undefined; // a process that cannot be looked at is gone
  }
};

/** Calls `gone` once npm, which started us, has ended: it passes no signal on, and may stand behind a shell. */
const watchNpm = (gone) => {
  if (process.env.npm_lifecycle_event === undefined) return;
  const parent = process.ppid;
  const first = lookAt(parent);
  const isBehindShell = first !== undefined && SHELLS.test(first.program);
  const timer = setInterval(() => {
    const isHere = process.ppid === parent && (!isBehindShell || lookAt(parent)?.parent === first.parent);
    if (isHere) return;
    clearInterval(timer);
    gone();
  }, LOOK_EVERY_MS).unref();
};

/**
 * Listens for the order to stop: an interrupt, a termination, the end of the terminal or of npm. `stop` is called once.
 * `breakOff` is called for one more order after 2 s: what comes before may be the same Ctrl-C, passed on by npm's shell.
 */
export const onOrders = ({ stop, breakOff }) => {
  let orderedAt;
  const order = () => {
    if (orderedAt === undefined) {
      orderedAt = performance.now();
      stop();
    } else if (performance.now() - orderedAt >= ONE_CTRL_C_MS) {
      breakOff();
    }
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, order);
  watchNpm(() => {
    if (orderedAt === undefined) order();
  });
};
