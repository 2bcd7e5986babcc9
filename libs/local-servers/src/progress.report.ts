import type { Writable } from 'node:stream';
import { Presets, SingleBar } from 'cli-progress';

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

const bar = (stream: Writable, label: string, totalBytes: number): Transfer => {
  const drawn = new SingleBar(
    {
      stream,
      format: `${label} {bar} {megabytes} of ${megabytes(totalBytes)} MB`,
      clearOnComplete: true,
      hideCursor: true,
    },
    Presets.shades_classic,
  );
  drawn.start(totalBytes, 0, { megabytes: megabytes(0) });
  return {
    reached: (bytes) => drawn.update(Math.min(bytes, totalBytes), { megabytes: megabytes(bytes) }),
    end: () => drawn.stop(),
  };
};

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
export const reportOn = (stream: Writable & { readonly isTTY?: boolean }): Report => ({
  line: (text) => void stream.write(`${text}\n`),
  transfer: (label, totalBytes) => (stream.isTTY ? bar : quarters)(stream, label, totalBytes),
});
