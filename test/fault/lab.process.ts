import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { aProcess } from '../support/cache.processes.js';
import { until } from '../support/until.js';
import type { Compared, Count, FaultPoint, HotReads, Order, Start, Told } from './processes/orders.js';

const IDLE: Count = { acknowledged: 0, unknown: 0, failed: 0, inFlight: 0, longestMs: 0, lastAt: 0 };

/** What a process of the laboratory does. */
export type LabProcessKind = 'producer' | 'flusher' | 'price' | 'reader';

/** One process of the laboratory. */
export class LabProcess {
  count = IDLE;
  /** What it could not do, as sentences. */
  readonly faults: string[] = [];
  private readonly reached: FaultPoint[] = [];
  private isEndExpected = false;
  private reads: HotReads | undefined;
  private compared: Compared | undefined;

  private constructor(
    readonly name: string,
    private readonly child: ChildProcess,
    onCrash: (sentence: string) => void,
  ) {
    child.on('message', (told: Told) => {
      if (told === 'ready') return;
      if ('count' in told) this.count = told.count;
      if ('at' in told) this.reached.push(told.at);
      if ('reads' in told) this.reads = told.reads;
      if ('compared' in told) this.compared = told.compared;
      if ('fault' in told && this.faults.length < 100) this.faults.push(told.fault);
    });
    child.once('exit', (code, signal) => {
      this.count = { ...this.count, inFlight: 0 };
      if (!this.isEndExpected) onCrash(`${name} ended by ${String(code ?? signal)}`);
    });
  }

  /** Starts it and waits until it is ready. `onCrash` hears of an end that nobody asked for. */
  static async start(kind: LabProcessKind, start: Start, onCrash: (sentence: string) => void): Promise<LabProcess> {
    const child = await aProcess(`test/fault/processes/${kind}.process.ts`, [JSON.stringify(start)]);
    return new LabProcess(start.name, child, onCrash);
  }

  get hasEnded(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  tell(order: Order): void {
    if (this.child.connected) this.child.send(order, () => undefined);
  }

  /** How the reads of this reader went since it was asked before. */
  async hotReads(): Promise<HotReads> {
    this.reads = undefined;
    this.tell({ order: 'tell reads' });
    await until(() => this.reads !== undefined, { withinMs: 30_000 });
    return this.reads as unknown as HotReads;
  }

  /** Has this reader compare what is cached with MongoDB. */
  async compare(): Promise<Compared> {
    this.compared = undefined;
    this.tell({ order: 'compare' });
    await until(() => this.compared !== undefined, { withinMs: 60_000 });
    return this.compared as unknown as Compared;
  }

  /** Ends it at once. */
  async kill(): Promise<void> {
    this.isEndExpected = true;
    await this.end(() => this.child.kill('SIGKILL'));
  }

  freeze(): void {
    this.child.kill('SIGSTOP');
  }

  thaw(): void {
    this.child.kill('SIGCONT');
  }

  /** Has it die or freeze when it comes to this place, and waits until it has come there. */
  async fallAt(point: FaultPoint, signal: 'SIGKILL' | 'SIGSTOP'): Promise<void> {
    const before = this.reached.length;
    this.isEndExpected = signal === 'SIGKILL';
    this.tell({ order: 'arm', point, signal });
    await until(() => this.reached.length > before, { withinMs: 60_000 });
    if (signal === 'SIGKILL') await until(() => this.hasEnded, { withinMs: 30_000 });
    else this.isEndExpected = false;
  }

  /** Waits until this flusher, frozen with a bulk in its hands and thawed, has brought it to MongoDB. */
  async appliesWhatItHeld(): Promise<void> {
    await until(() => this.reached.at(-1) === 'after the bulk', { withinMs: 60_000 });
  }

  /** Asks it to end in order, by a message or by a signal, and answers with which code it did and how long that took. */
  async stop(by: 'order' | 'SIGTERM' = 'order'): Promise<{ code: number | null; ms: number }> {
    this.isEndExpected = true;
    const asked = performance.now();
    await this.end(() => {
      if (by === 'order') this.tell({ order: 'stop' });
      else this.child.kill(by);
    });
    return { code: this.child.exitCode, ms: performance.now() - asked };
  }

  private async end(ask: () => unknown): Promise<void> {
    if (this.hasEnded) return;
    const ended = once(this.child, 'exit');
    ask();
    await ended;
  }
}
