import { PriceUpdates } from './price.js';

const update = { productId: 'a', amount: 1, currency: 'USD' };
const isTaken = (updates: unknown): boolean => PriceUpdates.safeParse({ updates }).success;

describe('the body of a bulk price change', () => {
  it('takes 1 to 1,000 updates, with a version or without', () => {
    expect(isTaken([update])).toBe(true);
    expect(isTaken(Array(1_000).fill({ ...update, version: 1 }))).toBe(true);
  });

  it.each([
    [[]],
    [Array(1_001).fill(update)],
    [[{ ...update, productId: '*' }]],
    [[{ ...update, version: 0 }]],
    [[{ ...update, price: 1 }]],
    [[{ productId: 'a', price: { amount: 1, currency: 'USD' } }]],
    [[null]],
    [undefined],
  ])('refuses %j', (updates) => expect(isTaken(updates)).toBe(false));
});
