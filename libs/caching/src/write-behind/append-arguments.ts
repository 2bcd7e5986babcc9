import { logKeys } from './log-keys.js';
import { NEW_SEAL } from './write-id.js';
import type { OperationShape, WriteOperation, WrittenOperation } from './write-operation.js';

/** How long the log knows that it has an operation already. */
export const RECEIPT_MS = 86_400_000;

/** One operation on its way into the log. */
export interface LoggedOperation {
  /** The region of the value, and the value's parameters in it. */
  readonly region: string;
  readonly name: string;
  readonly params: unknown;
  readonly operation: WriteOperation;
  /** An operation with an id takes effect once, however often it is sent within a day. */
  readonly id?: string;
  /** How long the log knows the id; a day by default. */
  readonly idKeptMs?: number;
  /** Whether the answer tells what is pending. */
  readonly isTold?: boolean;
}

interface Appending {
  readonly logged: LoggedOperation;
  readonly written: WrittenOperation;
  /** For how many operations it stands. */
  readonly count: number;
}

/** What the script reads of a batch, a run of one shape after the other; adds the keys of its operations to `keys`. */
export const appendArguments = (batch: readonly Appending[], keys: string[]): (string | number)[] => {
  const values: (string | number)[] = [batch.length, NEW_SEAL];
  let run: { readonly shape: OperationShape; readonly kept: number | ''; readonly tell: string } | undefined;
  let sizeAt = 0;
  for (const { logged, written: sent, count } of batch) {
    const { name, params, id, idKeptMs = RECEIPT_MS, isTold } = logged;
    keys.push(logKeys.pending(name), logKeys.claimed(name));
    if (id) keys.push(logKeys.receipt(name, id));
    const kept = id ? idKeptMs : '';
    const tell = isTold ? 'tell' : '';
    if (run?.shape !== sent.shape || run.kept !== kept || run.tell !== tell) {
      run = { shape: sent.shape, kept, tell };
      sizeAt = values.push(0, kept, tell, ...sent.shape) - sent.shape.length - 3;
    }
    values[sizeAt] = Number(values[sizeAt]) + 1;
    values.push(JSON.stringify(params), count, ...sent.values);
  }
  return values;
};
