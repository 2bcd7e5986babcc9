import { Decay, NOTHING } from './decay.js';

const NOW = 1_700_000_000_000;
const decay = new Decay(60_000);

describe('an amount that decays', () => {
  it('is half after a half-life, and a quarter after two', () => {
    const rank = decay.rank(8, NOW);
    expect(decay.amount(rank, NOW)).toBeCloseTo(8, 6);
    expect(decay.amount(rank, NOW + 60_000)).toBeCloseTo(4, 6);
    expect(decay.amount(rank, NOW + 120_000)).toBeCloseTo(2, 6);
  });

  it('is added to as it is then', () => {
    const rank = decay.raised(decay.rank(8, NOW), 1, NOW + 60_000);
    expect(decay.amount(rank, NOW + 60_000)).toBeCloseTo(5, 6);
  });

  it('is nothing until something is added', () => {
    expect(decay.amount(NOTHING, NOW)).toBe(0);
    expect(decay.amount(decay.raised(NOTHING, 1, NOW), NOW)).toBeCloseTo(1, 6);
  });

  it('has a rank that orders amounts of different times', () => {
    const early = decay.rank(3, NOW);
    const late = decay.rank(2, NOW + 60_000);
    expect(late).toBeGreaterThan(early);
    expect(decay.amount(late, NOW + 600_000)).toBeGreaterThan(decay.amount(early, NOW + 600_000));
  });
});
