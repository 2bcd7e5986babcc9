import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const CASE = fileURLToPath(new URL('../case.mjs', import.meta.url));
const LEAVES_WITHIN_MS = 3_000;

/** One case in its own process. */
export class Child {
  #process;
  #printed = [];

  constructor(table, caseName, context, { execArgv = [] } = {}) {
    const args = [table, caseName, JSON.stringify(context)];
    this.name = caseName;
    this.#process = fork(CASE, args, { execArgv, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
    for (const output of [this.#process.stdout, this.#process.stderr]) {
      output.on('data', (chunk) => this.#printed.push(chunk));
    }
  }

  /** The process, once it has opened what it measures. */
  static async open(...args) {
    const child = new Child(...args);
    await child.#answer();
    return child;
  }

  /** The figures of one measurement of about `forMs`. */
  measure(forMs) {
    const answer = this.#answer();
    this.#process.send({ kind: 'measure', forMs });
    return answer;
  }

  /** Ends the process: asks it, and kills it where it does not. */
  async close() {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const gone = new Promise((resolve) => this.#process.once('exit', resolve));
    if (this.#process.connected) this.#process.send({ kind: 'leave' });
    const timer = setTimeout(() => this.#process.kill('SIGKILL'), LEAVES_WITHIN_MS);
    await gone;
    clearTimeout(timer);
  }

  #answer() {
    return new Promise((resolve, reject) => {
      const settle = (finish) => {
        this.#process.off('message', onMessage);
        this.#process.off('exit', onExit);
        finish();
      };
      const onMessage = ({ figures, error }) =>
        settle(() => (error === undefined ? resolve(figures) : reject(new Error(`${this.name}: ${error}`))));
      const onExit = (code) =>
        settle(() => reject(new Error(`${this.name} ended with ${code}: ${Buffer.concat(this.#printed)}`)));
      this.#process.on('message', onMessage);
      this.#process.on('exit', onExit);
    });
  }
}
