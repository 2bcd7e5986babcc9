import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { ROOT } from '../setup/command.mjs';
import { Backoff } from './backoff.mjs';

/**
 * The API or the worker: started again with back-off when it ends unasked, once it has `settled`; and ended when we end,
 * however that is.
 */
export class KeptProcess {
  #child;
  #pids = [];
  #isWanted = true;
  #isSettled = false;
  #timer;
  #dismissSentry = () => undefined;
  #backoff = new Backoff();

  /**
   * `args` follow node. With `reports`, the process says by message which processes it runs and when all listen.
   * `onChange` is told whenever `pids` has changed.
   */
  constructor({ role, args, env, reports = false, postSentry, onChange }) {
    Object.assign(this, { role, args, env, reports, postSentry, onChange });
    /** Rejects when the process ends before it has settled. */
    this.endedEarly = new Promise((_, reject) => (this.rejectEarly = reject));
    this.endedEarly.catch(() => undefined); // it may be stopped before anybody waits for it
    /** Resolves when a process with `reports` has said that all listen. */
    this.listening = new Promise((resolve) => (this.resolveListening = resolve));
  }

  /** The processes of this role that serve. */
  get pids() {
    return this.#pids;
  }

  start() {
    const stdio = ['ignore', 'inherit', 'inherit', ...(this.reports ? ['ipc'] : [])];
    // In a group of its own: the terminal's Ctrl-C is for us alone, who stop everything in order.
    const child = spawn(process.execPath, this.args, { cwd: ROOT, env: this.env, stdio, detached: true });
    this.#child = child;
    this.#backoff.started();
    this.#dismissSentry = child.pid === undefined ? () => undefined : this.postSentry(child.pid);
    if (!this.reports && child.pid !== undefined) this.#changed([child.pid]);
    child.on('message', ({ pids, isListening }) => {
      this.#changed(pids);
      if (isListening) this.resolveListening();
    });
    child.once('error', (error) => this.#ended(error.message));
    child.once('exit', (code, signal) => this.#ended(signal ?? `code ${code}`));
  }

  /** From now on the process works: an end is no error of its start. */
  settled() {
    this.#isSettled = true;
  }

  /** Asks the process to stop and waits for its end; after `deadlineMs` it is killed. */
  async stop(deadlineMs) {
    this.#isWanted = false;
    clearTimeout(this.#timer);
    const child = this.#child;
    if (!child) return;
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    child.kill('SIGCONT'); // a stopped process takes no other signal
    const lastResort = setTimeout(() => {
      console.error(`The ${this.role} did not stop in time and was killed.`);
      child.kill('SIGKILL');
    }, deadlineMs);
    await ended;
    clearTimeout(lastResort);
  }

  /** Kills the process at once. */
  kill() {
    this.#isWanted = false;
    clearTimeout(this.#timer);
    this.#child?.kill('SIGKILL');
  }

  #changed(pids) {
    this.#pids = pids;
    this.onChange();
  }

  #ended(how) {
    this.#child = undefined;
    this.#dismissSentry();
    this.#pids = [];
    if (!this.#isWanted) return;
    if (!this.#isSettled) {
      this.rejectEarly(new Error(`The ${this.role} ended at its start (${how}); what it printed above says why.`));
      return;
    }
    const delayMs = this.#backoff.next();
    console.error(`The ${this.role} ended unasked (${how}) and is started again in ${delayMs / 1_000} s.`);
    this.#timer = setTimeout(() => this.start(), delayMs);
  }
}
