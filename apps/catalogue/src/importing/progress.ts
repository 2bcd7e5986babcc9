import { SingleBar } from 'cli-progress';

/** Tells a person how far a step of the import is. */
export interface Progress {
  /** A step begins: `total` of `unit` are ahead. */
  begin(step: string, total: number, unit: string): void;
  /** So much of the step is done. */
  at(done: number): void;
  /** The step is over. */
  end(): void;
}

/** A bar, redrawn in place, for a terminal. */
class BarProgress implements Progress {
  #bar: SingleBar | undefined;

  begin(step: string, total: number, unit: string): void {
    const format = `${step.padEnd(8)} [{bar}] {percentage} % | {value}/{total} ${unit} | {eta_formatted} left`;
    this.#bar = new SingleBar({ format, stream: process.stderr, hideCursor: true, etaBuffer: 50 });
    this.#bar.start(total, 0);
  }

  at(done: number): void {
    this.#bar?.update(done);
  }

  end(): void {
    this.#bar?.update(this.#bar.getTotal());
    this.#bar?.stop();
    this.#bar = undefined;
  }
}

/** A line at every tenth of the way, for logs and pipes. */
class LineProgress implements Progress {
  #step = { name: '', total: 0, unit: '' };
  #tenths = 0;

  constructor(private readonly print: (line: string) => void) {}

  begin(name: string, total: number, unit: string): void {
    this.#step = { name, total, unit };
    this.#tenths = 0;
  }

  at(done: number): void {
    const { name, total, unit } = this.#step;
    const tenths = total === 0 ? 10 : Math.floor((10 * Math.min(done, total)) / total);
    if (tenths <= this.#tenths) return;
    this.#tenths = tenths;
    this.print(`${name} ${tenths * 10} % (${Math.min(done, total)} of ${total} ${unit})`);
  }

  end(): void {
    this.at(this.#step.total);
  }
}

/** A bar on a terminal, else plain lines by `print`. */
export const progressFor = (isTerminal: boolean, print: (line: string) => void): Progress =>
  isTerminal ? new BarProgress() : new LineProgress(print);
