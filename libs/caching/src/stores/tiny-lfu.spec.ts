import fc from 'fast-check';
import { TinyLfu, type LeaveReason, type Place } from './tiny-lfu.js';

const numbered = (count: number, prefix = 'key-'): string[] =>
  Array.from({ length: count }, (_, id) => `${prefix}${id}`);

/** A source of numbers from 0 to 1 that are the same in every run (mulberry32). */
const seeded = (seed: number) => (): number => {
  seed = (seed + 0x6d2b79f5) | 0;
  let mixed = Math.imul(seed ^ (seed >>> 15), seed | 1);
  mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
};

const zipf = (keys: number, exponent: number, random: () => number): (() => number) => {
  let sum = 0;
  const steps = Array.from({ length: keys }, (_, rank) => (sum += (rank + 1) ** -exponent));
  return () => {
    const wanted = random() * sum;
    let [low, high] = [0, keys - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((steps[middle] ?? 0) < wanted) low = middle + 1;
      else high = middle;
    }
    return low;
  };
};

const hitRatioOf = (next: (at: number) => number, accesses = 400_000): number => {
  const cache = new TinyLfu<number>({ maxEntries: 1_000, maxWeight: Infinity });
  let hits = 0;
  for (let at = 0; at < accesses; at += 1) {
    const key = `product.1:${next(at)}`;
    if (cache.get(key) === undefined) cache.set(key, at, 1);
    else hits += 1;
  }
  return (hits / accesses) * 100;
};

type Step =
  | { kind: 'set'; key: string; weight: number }
  | { kind: 'get' | 'at' | 'delete'; key: string }
  | { kind: 'clear' | 'shed' };

const aKey = fc.integer({ min: 0, max: 30 }).map(String);
const aStep: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({ kind: fc.constant('set' as const), key: aKey, weight: fc.integer({ min: 0, max: 60 }) }),
  },
  { weight: 8, arbitrary: fc.record({ kind: fc.constantFrom('get' as const, 'at' as const), key: aKey }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('delete' as const), key: aKey }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('clear' as const, 'shed' as const) }) },
);

describe('a TinyLfu', () => {
  it('never holds more than its room, nor anything but what was set last, and says of all else that it left', () => {
    const steps = fc.array(aStep, { maxLength: 400 });
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 1, max: 200 }),
        steps,
        (maxEntries, maxWeight, steps) => {
          const model = new Map<string, { value: number; weight: number }>();
          const places = new Map<string, Place>();
          const placeOf = (key: string): Place => places.get(key) ?? { name: key, slot: 0 };
          const cache = new TinyLfu<number>({ maxEntries, maxWeight }, (key, value) => {
            expect(model.get(key)?.value).toBe(value);
            model.delete(key);
          });
          for (const [value, step] of steps.entries()) {
            if (step.kind === 'set') {
              model.set(step.key, { value, weight: step.weight });
              cache.set(step.key, value, step.weight);
            } else if (step.kind === 'get') expect(cache.get(step.key)).toBe(model.get(step.key)?.value);
            else if (step.kind === 'at') {
              const place = placeOf(step.key);
              places.set(step.key, place);
              expect(cache.at(place)).toBe(model.get(step.key)?.value);
            } else if (step.kind === 'delete') {
              const isThere = model.has(step.key);
              expect(cache.delete(step.key)).toBe(isThere);
            } else if (step.kind === 'clear') cache.clear();
            else cache.shed(Math.ceil(cache.size / 4));

            expect(cache.size).toBe(model.size);
            expect([...cache.keys()].sort()).toEqual([...model.keys()].sort());
            expect(cache.weight).toBe([...model.values()].reduce((sum, { weight }) => sum + weight, 0));
            expect(cache.size).toBeLessThanOrEqual(maxEntries);
            expect(cache.weight).toBeLessThanOrEqual(maxWeight);
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  it('counts what is looked for at its place as it does what is looked for by key', () => {
    const [byKey, byPlace] = [100, 100].map(
      (maxEntries) => new TinyLfu<number>({ maxEntries, maxWeight: Infinity }),
    ) as [TinyLfu<number>, TinyLfu<number>];
    const places = new Map<string, Place>(numbered(1_000).map((name) => [name, { name, slot: 0 }]));
    const next = zipf(1_000, 0.9, seeded(4));

    for (let at = 0; at < 50_000; at += 1) {
      const key = `key-${next()}`;
      const known = byKey.get(key);
      expect(byPlace.at(places.get(key) as Place)).toBe(known);
      if (known !== undefined) continue;
      byKey.set(key, at, 1);
      byPlace.set(key, at, 1);
    }

    expect([...byPlace.keys()]).toEqual([...byKey.keys()]);
    expect(numbered(1_000).map((key) => byPlace.warmth(key))).toEqual(numbered(1_000).map((key) => byKey.warmth(key)));
  });

  it('fills its room before anything is evicted', () => {
    const left: string[] = [];
    const cache = new TinyLfu<string>({ maxEntries: 500, maxWeight: Infinity }, (key) => left.push(key));

    for (const key of numbered(500)) cache.set(key, key, 1);

    expect(left).toEqual([]);
    expect(numbered(500).every((key) => cache.get(key) === key)).toBe(true);
  });

  it('answers a newcomer right after it was set, however hot the others are', () => {
    const cache = new TinyLfu<string>({ maxEntries: 100, maxWeight: Infinity });
    for (let round = 0; round < 15; round += 1) {
      for (const key of numbered(100)) if (cache.get(key) === undefined) cache.set(key, key, 1);
    }

    cache.set('newcomer', 'newcomer', 1);

    expect(cache.get('newcomer')).toBe('newcomer');
  });

  it('keeps what is hot through a scan of ten times its room', () => {
    const cache = new TinyLfu<string>({ maxEntries: 1_000, maxWeight: Infinity });
    const hot = numbered(900, 'hot-');
    for (let round = 0; round < 4; round += 1) {
      for (const key of hot) if (cache.get(key) === undefined) cache.set(key, key, 1);
    }

    for (const key of numbered(10_000, 'scanned-')) cache.set(key, key, 1);

    expect(hot.filter((key) => cache.peek(key) !== undefined).length).toBeGreaterThan(880);
  });

  it('forgets what was hot once something else is', () => {
    const cache = new TinyLfu<string>({ maxEntries: 100, maxWeight: Infinity });
    const visit = (keys: string[]): void => keys.forEach((key) => cache.get(key) ?? cache.set(key, key, 1));
    for (let round = 0; round < 100; round += 1) visit(numbered(100, 'old-'));

    for (let round = 0; round < 400; round += 1) visit(numbered(100, 'new-'));

    expect(numbered(100, 'new-').filter((key) => cache.peek(key) !== undefined).length).toBeGreaterThan(80);
  });

  it('sheds the coldest', () => {
    const left: [string, LeaveReason][] = [];
    const cache = new TinyLfu<string>({ maxEntries: 100, maxWeight: Infinity }, (key, _value, reason) =>
      left.push([key, reason]),
    );
    for (const key of numbered(100)) cache.set(key, key, 1);
    for (const key of numbered(75)) cache.get(key);

    expect(cache.shed(25)).toBe(25);

    expect(left.map(([key]) => key).sort()).toEqual(numbered(100).slice(75).sort());
    expect(new Set(left.map(([, reason]) => reason))).toEqual(new Set(['memory']));
  });

  it('grows no more after it shed, until it is relaxed', () => {
    const reasons: LeaveReason[] = [];
    const cache = new TinyLfu<string>({ maxEntries: 100, maxWeight: Infinity }, (_key, _value, reason) =>
      reasons.push(reason),
    );
    for (const key of numbered(80)) cache.set(key, key, 1);
    cache.shed(20);

    for (const key of numbered(50, 'more-')) cache.set(key, key, 1);
    const held = cache.size;
    for (let time = 0; time < 20; time += 1) cache.relax();
    for (const key of numbered(50, 'again-')) cache.set(key, key, 1);

    expect([held, cache.size]).toEqual([60, 100]);
    expect(reasons.filter((reason) => reason === 'memory')).toHaveLength(70);
  });

  it('says whether entries or weight were too many', () => {
    const reasons: LeaveReason[] = [];
    const cache = new TinyLfu<string>({ maxEntries: 2, maxWeight: 10 }, (_key, _value, reason) => reasons.push(reason));

    cache.set('a', 'a', 1);
    cache.set('b', 'b', 1);
    cache.set('c', 'c', 1);
    cache.set('too heavy', 'd', 11);

    expect(reasons).toEqual(['entries', 'bytes']);
    expect(cache.has('too heavy')).toBe(false);
  });

  it.each([
    ['Zipf 0.99 over 10,000 keys', 73.5, () => zipf(10_000, 0.99, seeded(1))],
    ['Zipf 1.1 over 100,000 keys', 72.5, () => zipf(100_000, 1.1, seeded(1))],
    [
      'Zipf 0.99 with 25 % keys that come once',
      54.2,
      () => {
        const [random, next] = [seeded(2), zipf(10_000, 0.99, seeded(1))];
        return (at: number): number => (random() < 0.25 ? 1e6 + at : next());
      },
    ],
    [
      'keys that come five times within 500 accesses and never again',
      60,
      () => {
        const random = seeded(3);
        const due = new Map<number, number>();
        return (at: number): number => {
          const again = due.get(at);
          due.delete(at);
          if (again !== undefined) return again;
          for (let time = 0; time < 4; time += 1) {
            let when = at + 1 + Math.floor(random() * 500);
            while (due.has(when)) when += 1;
            due.set(when, at);
          }
          return at;
        };
      },
    ],
  ])('with room for 1,000 reaches its hit ratio on %s', (_name, percent, trace) => {
    expect(hitRatioOf(trace())).toBeGreaterThan(percent);
  });
});
