import { folded } from './field-paths.js';
import type { Json } from './json.js';
import type { WriteOperation } from './write-operation.js';

/** The writes of one value that were accepted and not acknowledged by the source yet, made one. */
export interface PendingWrite {
  readonly name: string;
  /** The parameters of the value in its region. */
  readonly params: unknown;
  /** The positions of the first and the last operation in it; a document that has seen the last has seen all. */
  readonly first: number;
  readonly last: number;
  /** How many operations it stands for. */
  readonly count: number;
  /** When the first of them was accepted, in ms since 1970 on the queue Redis's clock. */
  readonly acceptedAt: number;
  readonly isDelete: boolean;
  /** The whole value, where it is replaced; `undefined` where it is not. */
  readonly value: Json | undefined;
  /** Fields to be set, after the value was replaced; none is a part of another, or added to in part. */
  readonly set: Readonly<Record<string, Json>>;
  /** What is to be added to fields, after they were set. */
  readonly add: Readonly<Record<string, number>>;
  /** How often the source refused it. */
  readonly refused: number;
}

/**
 * A record of the write log as Redis answers it, a flat list; an empty one is none.
 * @throws {SyntaxError} a value in it is no JSON
 */
export const pendingWriteIn = (record: readonly string[]): PendingWrite | undefined => {
  if (record.length === 0) return undefined;
  const facts = new Map<string, string>();
  const set: Record<string, Json> = {};
  const add: Record<string, number> = {};
  for (let at = 0; at + 1 < record.length; at += 2) {
    const [field, text] = [record[at] ?? '', record[at + 1] ?? ''];
    if (field.startsWith('=')) set[field.slice(1)] = JSON.parse(text) as Json;
    else if (field.startsWith('+')) add[field.slice(1)] = Number(text);
    else facts.set(field, text);
  }
  const number = (field: string): number => Number(facts.get(field) ?? 0);
  const value = facts.get('#value');
  return {
    name: facts.get('#name') ?? '',
    params: JSON.parse(facts.get('#params') ?? 'null') as unknown,
    first: number('#first'),
    last: number('#last'),
    count: number('#count'),
    acceptedAt: number('#at'),
    isDelete: facts.has('#delete'),
    value: value === undefined ? undefined : (JSON.parse(value) as Json),
    ...folded({ set, add }),
    refused: number('#refused'),
  };
};

/** One operation as a write of its own. */
export const writeOf = ({
  name,
  params,
  position,
  operation,
}: {
  readonly name: string;
  readonly params: unknown;
  readonly position: number;
  readonly operation: WriteOperation;
}): PendingWrite => ({
  ...{ name, params, first: position, last: position, count: 1, acceptedAt: Date.now(), refused: 0 },
  isDelete: 'delete' in operation,
  value: 'replace' in operation ? operation.replace : undefined,
  ...folded({
    set: ('set' in operation && operation.set) || {},
    add: ('add' in operation && operation.add) || {},
  }),
});
