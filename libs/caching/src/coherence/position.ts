import { AsyncLocalStorage } from 'node:async_hooks';
import { isAfter, type Position } from '../region/envelope.js';
import { PARTITIONS } from '../topology/partitions.js';

type Positions = Map<number, Position>;

const notes = new AsyncLocalStorage<Positions>();
const LONGEST_TOKEN = 4_096;

/** Notes where the bus of a partition stood after a write of the current call. */
export const notePosition = (partition: number, position: Position): void => {
  const positions = notes.getStore();
  const known = positions?.get(partition);
  if (known === undefined || isAfter(position, known)) positions?.set(partition, position);
};

/** Runs `work` and answers, beside its result, one token for all that its writes said to the bus; '' for nothing. */
export const trackPosition = async <T>(work: () => Promise<T>): Promise<{ result: T; position: () => string }> => {
  const positions: Positions = new Map();
  const position = (): string => [...positions].map(([partition, at]) => `${partition}.${at}`).join('_');
  return { result: await notes.run(positions, work), position };
};

/** The partitions and positions in such a token; an unknown or malformed one says nothing. */
export const parsePosition = (token: string): [partition: number, position: Position][] => {
  if (token.length > LONGEST_TOKEN) return [];
  return token.split('_').flatMap((part) => {
    const [, partition, position] = /^(\d{1,2})\.(\d{1,15}-\d{1,15})$/.exec(part) ?? [];
    return partition && position && Number(partition) < PARTITIONS
      ? [[Number(partition), position] as [number, Position]]
      : [];
  });
};
