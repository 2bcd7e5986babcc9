import fc from 'fast-check';
import { readPrice } from './decimal-price.js';

const comma = { decimal: ',', digits: 2 } as const;
const point = { decimal: '.', digits: 2 } as const;

describe('reading a price', () => {
  it.each([
    ['265,0', comma, 26_500],
    ['2095,55', comma, 209_555],
    [' 7 ', comma, 700],
    ['0', point, 0],
    ['0.1', point, 10],
    ['1500', { decimal: '.', digits: 0 }, 1_500],
    ['1500.0', { decimal: '.', digits: 0 }, 1_500],
    ['1.234', { decimal: '.', digits: 3 }, 1_234],
    ['90071992547409.91', point, Number.MAX_SAFE_INTEGER],
    [265.5, comma, 26_550],
    [0.1, point, 10],
  ] as const)('takes %p', (cell, notation, amount) => {
    expect(readPrice(cell, notation)).toEqual({ amount });
  });

  it.each([
    ['265.0', comma, 'no plain number'],
    ['265,0', point, 'no plain number'],
    ['1.234,50', comma, 'no plain number'],
    ['1,234.50', point, 'no plain number'],
    ['1.234.567', point, 'no plain number'],
    ['1 234', point, 'no plain number'],
    ['1\u00a0234', point, 'no plain number'],
    ["1'234", point, 'no plain number'],
    ['SR 2,375', comma, 'no plain number'],
    ['$5', point, 'no plain number'],
    ['+5', point, 'no plain number'],
    ['.5', point, 'no plain number'],
    ['5.', point, 'no plain number'],
    ['1e3', point, 'no plain number'],
    ['0x10', point, 'no plain number'],
    ['٥', point, 'no plain number'],
    ['NaN', point, 'no plain number'],
    ['free', point, 'no plain number'],
    [true, point, 'no plain number'],
    ['-5', point, 'negative'],
    [-0.5, point, 'negative'],
    ['1.000', point, 'more than the 2 decimals'],
    ['1.005', point, 'more than the 2 decimals'],
    [0.1 + 0.2, point, 'more than the 2 decimals'],
    ['1.5', { decimal: '.', digits: 0 }, 'more than the 0 decimals'],
    ['90071992547409.92', point, 'too large'],
    ['9'.repeat(500), point, 'too large'],
    [1e21, point, 'no plain number'],
    ['', point, 'missing'],
    ['  ', point, 'missing'],
    [undefined, point, 'missing'],
  ] as const)('refuses %p', (cell, notation, reason) => {
    expect(readPrice(cell, notation)).toEqual({ reason: expect.stringContaining(reason) as string });
  });

  it('gives back every amount that was written out in either notation, to the last digit', () => {
    const written = fc.record({
      amount: fc.nat({ max: Number.MAX_SAFE_INTEGER }),
      digits: fc.constantFrom(0, 2, 3, 4),
      decimal: fc.constantFrom('.' as const, ',' as const),
    });
    fc.assert(
      fc.property(written, ({ amount, digits, decimal }) => {
        const text = String(amount).padStart(digits + 1, '0');
        const whole = text.slice(0, text.length - digits);
        const cell = digits === 0 ? whole : `${whole}${decimal}${text.slice(-digits)}`;
        expect(readPrice(cell, { decimal, digits })).toEqual({ amount });
      }),
    );
  });

  it('answers a whole number of minor units or a reason, whatever stands in the cell', () => {
    const cell = fc.oneof(
      fc.string(),
      fc.string({ unit: fc.constantFrom(...'0123456789.,- e'.split('')) }),
      fc.double(),
    );
    fc.assert(
      fc.property(cell, (value) => {
        const reading = readPrice(value, point);
        if ('reason' in reading) return reading.reason.length > 0;
        return Number.isSafeInteger(reading.amount) && reading.amount >= 0 && Number(value) * 100 - reading.amount < 1;
      }),
    );
  });
});
