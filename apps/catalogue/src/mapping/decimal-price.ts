import type { Cell } from '../source/source-row.js';

/** How prices are written in a file. */
export interface PriceNotation {
  readonly decimal: '.' | ',';
  /** The digits of the currency's minor unit. */
  readonly digits: number;
}

/** An amount in minor units, or the reason why the cell holds none. */
export type PriceReading = { readonly amount: number } | { readonly reason: string };

const reading = (text: string, { decimal, digits }: PriceNotation): PriceReading => {
  const shown = JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
  const [, sign = '', whole, fraction = ''] = /^(-?)(\d+)(?:[.,](\d+))?$/.exec(text) ?? [];
  const isOtherDecimal = text.includes(decimal === ',' ? '.' : ',');
  if (whole === undefined || isOtherDecimal) {
    return { reason: `the price ${shown} is no plain number with ${JSON.stringify(decimal)} as decimal sign` };
  }
  if (sign !== '') return { reason: `the price ${shown} is negative` };
  // A lone zero is how spreadsheets write whole numbers; "1.000" may be a thousand, so longer ones are no zeros to drop.
  if (fraction.length > digits && fraction !== '0') {
    return { reason: `the price ${shown} has more than the ${digits} decimals of its currency` };
  }
  const amount = Number(whole + fraction.slice(0, digits).padEnd(digits, '0'));
  return Number.isSafeInteger(amount) ? { amount } : { reason: `the price ${shown} is too large` };
};

/**
 * The price in a cell, in integer minor units: `265,0` with two digits is 26500. Digits are moved, never multiplied, so
 * nothing is rounded. Thousands separators, signs, spaces inside and currency symbols are refused, since they would have
 * to be guessed at. A JSON number is read with a point whatever the notation.
 */
export const readPrice = (cell: Cell | undefined, notation: PriceNotation): PriceReading => {
  if (typeof cell === 'number') return reading(String(cell), { ...notation, decimal: '.' });
  const text = String(cell ?? '').trim();
  return text === '' ? { reason: 'the price is missing' } : reading(text, notation);
};
