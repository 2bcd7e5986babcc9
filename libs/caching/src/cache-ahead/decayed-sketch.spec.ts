import { Decay } from './decay.js';
import { DecayedSketch } from './decayed-sketch.js';

const NOW = 1_700_000_000_000;
const HOUR = 3_600_000;
const decay = new Decay(HOUR);
const key = (number: number): string => JSON.stringify({ id: `p-${number}` });

describe('a sketch of counts', () => {
  it('never says too little, and hardly ever much too much, of 200,000 reads of as many keys', () => {
    const sketch = new DecayedSketch(decay);
    for (let number = 0; number < 200_000; number += 1) sketch.add(key(number), NOW);
    for (let read = 0; read < 500; read += 1) sketch.add(key(7), NOW);

    const countOf = (number: number): number => decay.amount(sketch.rankOf(key(number)), NOW);
    const counts = Array.from({ length: 2_000 }, (_, number) => countOf(number * 100));
    expect(Math.min(...counts)).toBeGreaterThanOrEqual(0.999);
    expect(counts.sort((one, other) => one - other)[1_960]).toBeLessThan(200_500 / 6_000);
    expect(countOf(7)).toBeGreaterThanOrEqual(500);
  });

  it('forgets by half in a half-life', () => {
    const sketch = new DecayedSketch(decay);
    for (let read = 0; read < 8; read += 1) sketch.add('a', NOW);
    expect(decay.amount(sketch.rankOf('a'), NOW + HOUR)).toBeCloseTo(4, 5);
  });

  it('is the same once it was stored, whatever the time is then', () => {
    const sketch = new DecayedSketch(decay);
    for (let read = 0; read < 8; read += 1) sketch.add('a', NOW);
    const restored = new DecayedSketch(decay);
    restored.decode(sketch.encode(NOW + HOUR), NOW + HOUR);
    expect(decay.amount(restored.rankOf('a'), NOW + HOUR)).toBeCloseTo(4, 4);
    expect(decay.amount(restored.rankOf('b'), NOW + HOUR)).toBe(0);
  });

  it('stays as it is when what is stored is cut', () => {
    const sketch = new DecayedSketch(decay);
    sketch.add('a', NOW);
    sketch.decode(Buffer.alloc(12), NOW);
    expect(decay.amount(sketch.rankOf('a'), NOW)).toBeCloseTo(1, 6);
  });
});
