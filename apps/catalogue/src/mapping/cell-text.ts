import type { Cell } from '../source/source-row.js';

/** The text of a cell with its edges cut and runs of white space as one space; `''` for an absent one. */
export const cellText = (cell: Cell | undefined): string =>
  String(cell ?? '')
    .replace(/\s+/gu, ' ')
    .trim();
