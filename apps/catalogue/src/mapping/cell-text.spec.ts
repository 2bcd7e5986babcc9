import { cellText } from './cell-text.js';

describe('the text of a cell', () => {
  it.each([
    ['Bar table, in/outdoor,          51x51 cm', 'Bar table, in/outdoor, 51x51 cm'],
    ['\t Café\u00a0\n furniture ', 'Café furniture'],
    [51, '51'],
    [false, 'false'],
    ['   ', ''],
    [undefined, ''],
  ])('of %p is %p', (cell, text) => {
    expect(cellText(cell)).toBe(text);
  });
});
