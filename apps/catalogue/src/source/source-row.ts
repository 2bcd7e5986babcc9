/** What a cell may hold: text, or a JSON number or boolean of a JSON Lines file. */
export type Cell = string | number | boolean;

/** One row of a file, with the cells that were asked for, in that order; an absent one is `undefined`. */
export interface SourceRow {
  /** The number of its first line in the file; the first line of a file is 1. */
  readonly line: number;
  /** The row as it stands in the file, without its line end. */
  readonly raw: string;
  readonly cells: readonly (Cell | undefined)[];
}

/** A row that could not be taken, and why. */
export interface RejectedRow {
  readonly line: number;
  readonly raw: string;
  readonly reason: string;
}

/** A row as it was read: its cells, or the reason why there are none. */
export type ReadRow = SourceRow | RejectedRow;

/** Whether the row could not be taken. */
export const isRejected = (row: ReadRow): row is RejectedRow => 'reason' in row;

/** A file whose columns are known and whose rows have yet to be read. */
export interface Source {
  /** The columns: of CSV its header's, of JSON Lines those of its first rows. */
  readonly columns: readonly string[];
  /** Whether `columns` is all there is; a JSON Lines file may have more further down. */
  readonly isComplete: boolean;
  /** Its rows with the cells of `wanted`, in batches as they come from the disk. To be called once. */
  rows(wanted: readonly string[]): AsyncIterable<ReadRow[]>;
}
