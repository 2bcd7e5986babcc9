import { PreferencesSink } from '../../libs/shop/src/session/preferences.sink.js';
import {
  PREFERENCES,
  PreferencesSchema,
  type PreferencesDocument,
} from '../../libs/shop/src/session/preferences.document.js';
import { isWithinLimit, type Preferences, type PreferencesPatch } from '../../libs/shop/src/session/preferences.js';
import type { PendingWrite } from '@larder/caching';
import { createConnection, type Connection, type Model } from 'mongoose';
import { databaseOf } from './shop.store.js';

const some = (prefix: string, count: number): Record<string, number> =>
  Object.fromEntries(Array.from({ length: count }, (_, at) => [`${prefix}${String(at).padStart(2, '0')}`, at]));

const aWrite = (userId: string, last: number, patch: PreferencesPatch): PendingWrite => ({
  ...{ name: `preferences:${userId}`, params: { userId }, first: last, last, count: 1, acceptedAt: 0, refused: 0 },
  ...{ isDelete: false, value: undefined, add: {} },
  set: Object.fromEntries(Object.entries(patch).map(([name, value]) => [`values.${name}`, value])),
});

describe('the limit of preferences', () => {
  let connection: Connection;
  let documents: Model<PreferencesDocument>;
  let sink: PreferencesSink;

  beforeAll(async () => {
    connection = await createConnection(databaseOf(import.meta.filename)).asPromise();
    await connection.dropDatabase();
    documents = connection.model<PreferencesDocument>(PREFERENCES, PreferencesSchema);
    sink = new PreferencesSink(documents);
  });
  afterAll(() => connection.close());

  it.each<[string, PreferencesPatch[], Preferences]>([
    ['new ones fit', [some('a', 40), some('b', 10)], { ...some('a', 40), ...some('b', 10) }],
    ['new ones pass it together', [some('a', 40), some('b', 30)], { ...some('a', 40), ...some('b', 10) }],
    ['nothing is left of it', [some('a', 50), some('b', 1), { a07: 'x' }], { ...some('a', 50), a07: 'x' }],
    ['others make room', [some('a', 50), { a00: null, c: 1 }], { ...some('a', 50), a00: undefined, c: 1 } as never],
    ['all is taken back', [some('a', 2), { a00: null, a01: null }], {}],
  ])('holds when %s, in MongoDB as in what is shown before', async (user, patches, expected) => {
    let shown: Preferences = {};
    for (const [at, patch] of patches.entries()) {
      const write = aWrite(user, at + 1, patch);
      shown = sink.overlaid(shown, write);
      expect(await sink.apply([write, aWrite(`${user} apart`, at + 1, patch)])).toMatchObject([
        { state: 'applied' },
        {},
      ]);
    }
    const kept = await documents.findById(user).lean();
    expect(kept).toMatchObject({ version: patches.length, log: { applied: patches.length } });
    expect(kept?.values).toEqual(JSON.parse(JSON.stringify(expected)));
    expect(shown).toEqual(kept?.values);
  });

  it('lets who has more take some back, and change what is there', () => {
    const before = some('a', 55);
    expect(isWithinLimit(before, some('a', 54))).toBe(true);
    expect(isWithinLimit(before, { ...before, a00: 7 })).toBe(true);
    expect(isWithinLimit(before, { ...some('a', 53), b: 1 })).toBe(false);
    expect(isWithinLimit(some('a', 50), some('a', 51))).toBe(false);
    expect(isWithinLimit(some('a', 49), some('a', 50))).toBe(true);
  });
});
