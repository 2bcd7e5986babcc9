import { jest } from '@jest/globals';
import type { Envelope } from '../region/envelope.js';
import { NearStore, type EvictionReason, type NearEntry, type NearLimits } from './near.store.js';

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

const anEntry = (over: Partial<NearEntry> & { tags?: string[]; body?: Buffer } = {}): NearEntry => {
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

const keep = (store: NearStore, name: string, entry: NearEntry = anEntry(), maxEntries?: number): boolean =>
  store.keep(name, store.lease(name).token, entry, maxEntries);

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

  it('keeps bytes of its own, not the whole reply that they were cut from', () => {
    const { store } = aStore();
    const reply = Buffer.alloc(65_536, '7');

    keep(store, 'a', anEntry({ body: reply.subarray(10, 20) }));

    expect(store.read('a')?.body.toString()).toBe('7777777777');
    expect(store.read('a')?.body.buffer.byteLength).toBe(10);
  });
});
