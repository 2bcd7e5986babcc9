import { isCurrency, minorDigits } from './currency.js';

describe('currencies', () => {
  it.each([
    ['SAR', 2],
    ['USD', 2],
    ['JPY', 0],
    ['KWD', 3],
    ['IQD', 3],
    ['CLF', 4],
  ])('%s has %d minor digits', (currency, digits) => {
    expect(minorDigits(currency)).toBe(digits);
  });

  it('knows a code from what only looks like one', () => {
    expect(['SAR', 'JPY'].every(isCurrency)).toBe(true);
    expect(['sar', 'XQQ', 'SA', '', 'dollars'].some(isCurrency)).toBe(false);
  });
});
