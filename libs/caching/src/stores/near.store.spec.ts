import { jest } from '@jest/globals';
import type { Envelope } from '../region/envelope.js';
import type { NearCopy } from './near.entry.js';
import { NearStore, type EvictionReason, type NearLimits } from './near.store.js';

const open: NearStore[] = [];
afterEach(() => {
  open.splice(0).forEach((store) => store.close());
  jest.useRealTimers();
});

const aStore = (
  limits: Partial<NearLimits> = {},
  heap = { share: 0 },
): { store: NearStore; evicted: [string, EvictionReason, number][] } => {
  const evicted: [string, EvictionReason, number][] = [];
  const store = new NearStore({ maxEntries: 100, maxBytes: 1e9, ...limits }, (...eviction) => evicted.push(eviction), {
    heapShare: () => heap.share,
    containerShare: () => 0,
  });
  open.push(store);
  return { store, evicted };
};

const anEntry = (over: Partial<NearCopy> & { tags?: string[]; body?: Buffer } = {}): NearCopy => {
  const { tags = [], body = Buffer.from('1'), ...entry } = over;
  const times = { version: 0, freshUntil: 1, staleUntil: 1, errorUntil: 1, writtenAt: 0, costMs: 0 };
  const envelope: Envelope = { ...times, validator: 'v', tags: tags.map((tag) => [tag, '0-0'] as const), body };
  return {
    envelope,
    value: 1,
    region: 'product',
    freshUntil: Infinity,
    refreshAfter: Infinity,
    uselessAfter: Infinity,
    ...entry,
  };
};

const keep = (store: NearStore, name: string, copy: NearCopy = anEntry(), maxEntries?: number): boolean =>
  store.keep(name, store.lease(name).token, copy, maxEntries);

const names = (count: number, prefix = 'product.1:'): string[] =>
  Array.from({ length: count }, (_, id) => `${prefix}${id}`);

describe('the near store', () => {
  it('drops all that carry a tag, and only those, also after their tags changed', () => {
    const { store } = aStore();
    keep(store, 'a', anEntry({ tags: ['shoes', 'sale'] }));
    keep(store, 'b', anEntry({ tags: ['shoes'] }));
    keep(store, 'c', anEntry({ tags: ['hats'] }));
    keep(store, 'b', anEntry({ tags: ['hats'] }));

    expect(store.removeTagged('shoes')).toBe(1);

    expect(['a', 'b', 'c'].map((name) => store.entry(name) !== undefined)).toEqual([false, true, true]);
    expect(store.removeTagged('sale')).toBe(0);
    expect(store.removeTagged('hats')).toBe(2);
  });

  it('holds no tag of what it evicted, and counts tags as bytes', () => {
    const { store } = aStore({ maxEntries: 10 });
    const plain = aStore().store;
    keep(plain, 'a');
    for (const name of names(200)) keep(store, name, anEntry({ tags: [name, 'all'] }));

    expect(names(200).reduce((sum, name) => sum + store.removeTagged(name), 0)).toBe(10);
    expect(store.removeTagged('all')).toBe(0);
    keep(store, 'a', anEntry({ tags: Array.from({ length: 32 }, (_, tag) => `tag-${tag}`) }));
    expect(store.bytes).toBeGreaterThan(plain.bytes + 32 * 100);
  });

  it('drops a region by its prefix, and voids its leases', () => {
    const { store } = aStore();
    keep(store, 'product.1:a');
    keep(store, 'product.11:a');
    const { token } = store.lease('product.1:b');

    store.removePrefix('product.1:');

    expect(store.keep('product.1:b', token, anEntry())).toBe(false);
    expect([...['product.1:a', 'product.11:a']].map((name) => store.entry(name) !== undefined)).toEqual([false, true]);
  });

  it('stays within its entries and bytes, and says which of them was short, of which region', () => {
    const byEntries = aStore({ maxEntries: 50 });
    for (const name of names(60)) keep(byEntries.store, name);
    const byBytes = aStore({ maxBytes: 100_000 });
    for (const name of names(60)) keep(byBytes.store, name, anEntry({ region: 'page', body: Buffer.alloc(1_000) }));

    expect(byEntries.store.size).toBe(50);
    expect(byEntries.evicted).toEqual(Array.from({ length: 10 }, () => ['product', 'entries', 1]));
    expect(byBytes.store.bytes).toBeLessThanOrEqual(100_000);
    expect(byBytes.evicted).toEqual(Array.from({ length: 60 - byBytes.store.size }, () => ['page', 'bytes', 1]));
    expect(byBytes.store.evictions.get('page')).toEqual({ entries: 0, bytes: 60 - byBytes.store.size, memory: 0 });
  });

  it('keeps no more of a region than it may, its warmest first, and leaves the others alone', () => {
    const { store, evicted } = aStore();
    for (const name of names(10, 'other.1:')) keep(store, name, anEntry({ region: 'other' }));
    for (const name of names(5)) keep(store, name, anEntry(), 5);
    for (const name of names(3)) for (let time = 0; time < 3; time += 1) store.entry(name);

    for (const name of names(50, 'product.1:new-')) keep(store, name, anEntry(), 5);

    expect(store.size).toBe(15);
    expect(names(3).every((name) => store.entry(name))).toBe(true);
    expect(new Set(evicted.map(([region, reason]) => `${region} ${reason}`))).toEqual(new Set(['product entries']));
    expect(evicted).toHaveLength(50);
  });

  it('tells a fresh copy from one that is not fresh any more, to the millisecond', () => {
    jest.useFakeTimers();
    const { store } = aStore();
    keep(store, 'a', anEntry({ freshUntil: performance.now() + 100 }));

    const early = store.fresh('a');
    jest.advanceTimersByTime(98);
    const late = store.fresh('a');
    jest.advanceTimersByTime(3);

    expect([early, late].map((entry) => entry?.value)).toEqual([1, 1]);
    expect(store.fresh('a')).toBeUndefined();
    expect(store.entry('a')).toBeDefined();
    expect(store.fresh('never kept')).toBeUndefined();
  });

  it('answers each read of a value with the same promise, whatever the value', async () => {
    const { store } = aStore();

    for (const value of [undefined, null, 0, '', false, { id: 7 }]) {
      keep(store, 'a', anEntry({ value }));
      const [once, again] = [store.fresh('a'), store.fresh('a')];
      expect(once?.promise).toBe(again?.promise);
      expect(await once?.promise).toBe(value);
    }
  });

  it('notes that a refresh is due once it is, while the copy is fresh', () => {
    jest.useFakeTimers();
    const { store } = aStore();
    const now = performance.now();
    keep(store, 'a', anEntry({ freshUntil: now + 100, refreshAfter: now + 50, uselessAfter: now + 200 }));

    const due = [45, 10, 40, 20].map((ms) => {
      jest.advanceTimersByTime(ms);
      return store.fresh('a')?.isDue;
    });

    expect(due).toEqual([false, true, true, undefined]);
    expect(store.size).toBe(1);
    jest.advanceTimersByTime(100);
    expect(store.fresh('a')).toBeUndefined();
    expect(store.size).toBe(0);
  });

  it('finds a copy at its place as by its name, also when another has taken the place', () => {
    const { store } = aStore({ maxEntries: 1 });
    const [a, b] = [
      { name: 'a', slot: 0 },
      { name: 'b', slot: 0 },
    ];
    const valueAt = (place: typeof a): unknown => store.freshAt(place, store.clock.now())?.value;

    keep(store, 'a', anEntry({ value: 'of a' }));
    const first = [valueAt(a), valueAt(a), valueAt(b)];
    store.remove('a');
    keep(store, 'b', anEntry({ value: 'of b' }));
    const second = [valueAt(a), valueAt(b), valueAt(b)];
    store.clear();

    expect(first).toEqual(['of a', 'of a', undefined]);
    expect(second).toEqual([undefined, 'of b', 'of b']);
    expect([valueAt(a), valueAt(b)]).toEqual([undefined, undefined]);
  });

  it('serves a copy past its time no more than fifteen times in a turn that blocks', () => {
    const { store } = aStore();
    keep(store, 'a', anEntry({ freshUntil: performance.now() + 30 }));
    expect(store.fresh('a')).toBeDefined();

    const end = performance.now() + 60;
    while (performance.now() < end);
    const served = Array.from({ length: 100 }, () => store.fresh('a') !== undefined);

    expect(served.filter(Boolean).length).toBeLessThan(16);
    expect(served.slice(15).some(Boolean)).toBe(false);
  });

  it('drops what is of no use any more, looked for or not', () => {
    jest.useFakeTimers();
    const { store, evicted } = aStore({ maxEntries: 5_000 });
    for (const name of names(3_000)) keep(store, name, anEntry({ uselessAfter: performance.now() + 500 }));
    keep(store, 'stays', anEntry({ uselessAfter: performance.now() + 60_000 }));

    jest.advanceTimersByTime(1_000);
    const afterOne = store.size;
    expect(store.entry('product.1:2999')).toBeUndefined();
    jest.advanceTimersByTime(4_000);

    expect(afterOne).toBeGreaterThan(1_000);
    expect(store.size).toBe(1);
    expect(store.entry('stays')).toBeDefined();
    expect(evicted).toEqual([]);
  });

  it('sheds the coldest quarter when memory is short, again while that lasts, and counts it by region', () => {
    jest.useFakeTimers();
    const heap = { share: 0.5 };
    const { store, evicted } = aStore({}, heap);
    for (const name of names(60)) keep(store, name);
    for (const name of names(40, 'page.1:')) keep(store, name, anEntry({ region: 'page' }));
    for (const name of names(60)) store.entry(name);

    jest.advanceTimersByTime(5_000);
    expect(store.size).toBe(100);
    heap.share = 0.95;
    jest.advanceTimersByTime(1_000);
    expect(evicted).toEqual([['page', 'memory', 25]]);
    heap.share = 0.99;
    jest.advanceTimersByTime(1_000);

    expect(store.size).toBe(56);
    expect(evicted.slice(1)).toEqual(
      expect.arrayContaining([
        ['product', 'memory', 4],
        ['page', 'memory', 15],
      ]),
    );
    expect(store.evictions.get('page')).toEqual({ entries: 0, bytes: 0, memory: 40 });
  });

  it('knows what it keeps of each region, however an entry came and went', () => {
    const { store } = aStore({ maxEntries: 40, maxBytes: 60_000 });
    const regions = ['product', 'stock', 'page'];
    const kept = (): [entries: number, bytes: number] =>
      regions.reduce(
        ([entries, bytes], region) => {
          const one = store.keptOf(region);
          return [entries + one.entries, bytes + one.bytes];
        },
        [0, 0],
      );
    let state = 7;
    const random = (below: number): number => (state = (state * 48_271) % 2_147_483_647) % below;
    const changes: Record<string, (name: string, region: string) => unknown> = {
      keep: (name, region) =>
        keep(store, name, anEntry({ region, tags: ['a', 'b'].slice(random(3)), body: Buffer.alloc(random(900)) })),
      keepOfFew: (name, region) => keep(store, name, anEntry({ region }), 5),
      keepTooLarge: (name, region) => keep(store, name, anEntry({ region, body: Buffer.alloc(60_000) })),
      drop: (name) => store.remove(name),
      dropTagged: () => store.removeTagged('a'),
      dropRegion: (_name, region) => store.removePrefix(`${region}.1:`),
      shed: () => store.shed(),
    };
    const often = ['keep', 'keep', 'keep', 'keep', 'keep', 'drop', 'keepOfFew', 'keepTooLarge'];
    const seldom = [...Object.keys(changes), ...often, ...often, ...often];
    for (let step = 0; step < 3_000; step += 1) {
      const region = regions[random(regions.length)] as string;
      changes[seldom[random(seldom.length)] as string]?.(`${region}.1:${random(30)}`, region);
      expect(kept()).toEqual([store.size, store.bytes]);
    }
    expect(store.size).toBeGreaterThan(0);
    store.removePrefix('stock.1:');
    expect(store.keptOf('stock')).toEqual({ entries: 0, bytes: 0 });
    keep(store, 'lamp.1:a', anEntry({ region: 'lamp' }));
    expect(store.keptOf('lamp')).toEqual({ entries: 1, bytes: expect.any(Number) as number });
    store.clear();
    expect(kept()).toEqual([0, 0]);
  });

  it('keeps bytes of its own, not the whole reply that they were cut from', () => {
    const { store } = aStore();
    const reply = Buffer.alloc(65_536, '7');

    keep(store, 'a', anEntry({ body: reply.subarray(10, 20) }));

    expect(store.read('a')?.body.toString()).toBe('7777777777');
    expect(store.read('a')?.body.buffer.byteLength).toBe(10);
  });
});
