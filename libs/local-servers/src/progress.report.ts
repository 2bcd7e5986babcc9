import type { Writable } from 'node:stream';
import { MultiBar, Presets } from 'cli-progress';

/** A transfer on its way. */
export interface Transfer {
  /** So many bytes are here, counted from the start. */
  reached(bytes: number): void;
  /** No more will come, whether all arrived or not. */
  end(): void;
}

/** Where the local servers say what they do. */
export interface Report {
  line(text: string): void;
  transfer(label: string, totalBytes: number): Transfer;
}

/** Says nothing. */
export const silent: Report = {
  line: () => undefined,
  transfer: () => ({ reached: () => undefined, end: () => undefined }),
};

const MEGABYTE = 1_000_000;
const megabytes = (bytes: number): string => (bytes / MEGABYTE).toFixed(1);

/** Bars below each other, one for each transfer; they go away when all have ended. */
class Bars implements Report {
  #drawn: MultiBar | undefined;
  #running = 0;

  constructor(private readonly stream: Writable) {}

  line(text: string): void {
    if (this.#drawn) this.#drawn.log(`${text}\n`);
    else this.stream.write(`${text}\n`);
  }

  transfer(label: string, totalBytes: number): Transfer {
    this.#drawn ??= new MultiBar(
      { stream: this.stream, format: '{label} {bar} {megabytes} MB', clearOnComplete: true, hideCursor: true },
      Presets.shades_classic,
    );
    const shown = (bytes: number): object => ({ label, megabytes: `${megabytes(bytes)} of ${megabytes(totalBytes)}` });
    const bar = this.#drawn.create(totalBytes, 0, shown(0));
    this.#running++;
    return {
      reached: (bytes) => bar.update(Math.min(bytes, totalBytes), shown(Math.min(bytes, totalBytes))),
      end: () => {
        this.#running--;
        if (this.#running > 0) return;
        this.#drawn?.stop();
        this.#drawn = undefined;
      },
    };
  }
}

const quarters = (stream: Writable, label: string, totalBytes: number): Transfer => {
  let told = 0;
  stream.write(`${label}, ${megabytes(totalBytes)} MB\n`);
  return {
    reached: (bytes) => {
      const quarter = Math.min(3, Math.floor((bytes / totalBytes) * 4));
      if (quarter > told) stream.write(`${label}, ${quarter * 25} %\n`);
      told = Math.max(told, quarter);
    },
    end: () => undefined,
  };
};

/** Lines on `stream`, and a bar for a transfer where it is a terminal; elsewhere a line for every quarter. */
export const reportOn = (stream: Writable & { readonly isTTY?: boolean }): Report =>
  stream.isTTY
    ? new Bars(stream)
    : {
        line: (text) => void stream.write(`${text}\n`),
        transfer: (label, totalBytes) => quarters(stream, label, totalBytes),
      };
