import { appendFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { RUN_FOLDER } from './run.folder.js';

const REACHED = '.reached';
const ENDED = '.ended';
const seen = new Set<string>();

const linesOf = (ending: string): string[] =>
  readdirSync(RUN_FOLDER)
    .filter((name) => name.endsWith(ending))
    .flatMap((name) => readFileSync(join(RUN_FOLDER, name), 'utf8').split('\n'))
    .filter((line) => line !== '');

/** Keeps for the whole run that `route` has answered `status`. */
export const recordReached = (spec: string, route: string, status: number): void => {
  const line = `${route} ${status}`;
  if (seen.has(line)) return;
  seen.add(line);
  appendFileSync(join(RUN_FOLDER, `${basename(spec)}${REACHED}`), `${line}\n`);
};

/** Every `GET /v1/products/{id} 200` that any spec of this run has got so far. */
export const reachedSoFar = (): Set<string> => new Set(linesOf(REACHED));

/** Says that a spec has asked all that it asks. */
export const recordEnd = (spec: string): void => {
  writeFileSync(join(RUN_FOLDER, `${basename(spec)}${ENDED}`), `${basename(spec)}\n`);
};

/** The file names of the specs that have asked all that they ask. */
export const endedSoFar = (): Set<string> => new Set(linesOf(ENDED));
