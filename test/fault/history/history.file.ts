import { closeSync, openSync, writeSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Deed, now, type Operation, type Result } from './history.js';

const SUFFIX = '.history';

/**
 * The history of one process. What it intends is in the file before it can be sent, as long as sending waits for the
 * end of the turn; a result that its own death keeps from the file is read as unknown.
 */
export class HistoryFile {
  private readonly file: number;
  private lines = '';
  private serial = 0;

  constructor(
    folder: string,
    private readonly process: string,
  ) {
    this.file = openSync(join(folder, `${process}${SUFFIX}`), 'a');
  }

  /** Notes what is about to be asked for, and answers the operation's serial and token. */
  begin(key: string, deed: Deed): { serial: number; token: string } {
    const serial = (this.serial += 1);
    this.write(`>\t${serial}\t${now()}\t${key}\t${JSON.stringify(deed)}\n`);
    return { serial, token: `${this.process}.${serial}` };
  }

  end(serial: number, result: Result, position = 0): void {
    this.write(`<\t${serial}\t${now()}\t${result}\t${position}\n`);
  }

  close(): void {
    this.flush();
    closeSync(this.file);
  }

  private write(line: string): void {
    if (this.lines === '') queueMicrotask(() => this.flush());
    this.lines += line;
  }

  private flush(): void {
    const { lines } = this;
    this.lines = '';
    if (lines !== '') writeSync(this.file, lines);
  }
}

/** What the processes that wrote into this folder saw. */
export const readHistory = async (folder: string): Promise<Operation[]> => {
  const files = (await readdir(folder)).filter((file) => file.endsWith(SUFFIX));
  const histories = await Promise.all(
    files.map(async (file) => operationsIn(file.slice(0, -SUFFIX.length), await readFile(join(folder, file), 'utf8'))),
  );
  return histories.flat();
};

const operationsIn = (process: string, text: string): Operation[] => {
  const operations = new Map<string, Operation>();
  const lines = text.split('\n');
  lines.pop(); // what follows the last line's end was cut by the death of the writer
  for (const line of lines) {
    const [sign, serial = '', time, third = '', fourth = ''] = line.split('\t');
    if (sign === '>') {
      operations.set(serial, {
        ...{ token: `${process}.${serial}`, serial: Number(serial), key: third, deed: JSON.parse(fourth) as Deed },
        ...{ t0: Number(time), t1: Infinity, result: 'unknown', position: 0 },
      });
    } else {
      const operation = operations.get(serial);
      if (!operation) throw new Error(`${process} has a result of an operation that it did not begin: ${line}`);
      operation.t1 = Number(time);
      operation.result = third as Result;
      operation.position = Number(fourth);
    }
  }
  return [...operations.values()];
};
