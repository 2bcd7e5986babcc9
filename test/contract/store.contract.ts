import type { Envelope } from '../../libs/caching/src/region/envelope.js';
import type { Store } from '../../libs/caching/src/stores/store.js';
import { until } from '../support/until.js';

/** An envelope of `value`, written now and good for a minute, but for what `over` says. */
export const envelopeOf = (value: unknown, over: Partial<Envelope> = {}): Envelope => {
  const writtenAt = Math.round(performance.timeOrigin + performance.now());
  return {
    version: 0,
    writtenAt,
    freshUntil: writtenAt + 60_000,
    staleUntil: writtenAt + 60_000,
    errorUntil: writtenAt + 60_000,
    costMs: 3,
    validator: 'validator',
    tags: [],
    body: Buffer.from(JSON.stringify(value)),
    ...over,
  };
};

/** The token of a lease on `name`, which must be free. */
export const leaseOn = async (store: Store, name: string): Promise<string> => {
  const answer = await store.lease(name);
  if (answer.kind !== 'granted') throw new Error(`The lease on ${name} was ${answer.kind}.`);
  return answer.token;
};

const kept = async (store: Store, name: string, envelope: Envelope): Promise<void> => {
  expect(await store.fill(name, await leaseOn(store, name), envelope)).toBe(true);
};

const valueIn = async (store: Store, name: string): Promise<unknown> => {
  const envelope = await store.read(name);
  return envelope && (JSON.parse(envelope.body.toString()) as unknown);
};

/** What an envelope says, whatever it is made of. */
const told = (envelope: Envelope | undefined): Envelope | undefined => {
  if (!envelope) return undefined;
  const { version, writtenAt, freshUntil, staleUntil, errorUntil, costMs, validator, tags, body } = envelope;
  return { version, writtenAt, freshUntil, staleUntil, errorUntil, costMs, validator, tags, body };
};

/** What every `Store` promises, whoever writes it. `open` answers an empty one. */
export const storeContract = (name: string, open: () => Promise<Store>): void =>
  describe(`${name} as a Store`, () => {
    let store: Store;
    beforeEach(async () => {
      store = await open();
    });

    it.each([null, 0, '', false, [], { deep: ['ü', null] }])('tells a kept %j from absence', async (value) => {
      await kept(store, 'region.1:kept', envelopeOf(value));

      expect(await valueIn(store, 'region.1:kept')).toEqual(value);
      expect(await store.read('region.1:never kept')).toBeUndefined();
    });

    it('answers an envelope as it was given', async () => {
      const envelope = envelopeOf(
        { id: 'a' },
        {
          version: 7,
          tags: [
            ['shoes', '12-3'],
            ['a "quoted" tag', '0-0'],
          ],
        },
      );

      await kept(store, 'region.1:a', envelope);

      expect(told(await store.read('region.1:a'))).toEqual(envelope);
    });

    it('keeps names apart that look alike', async () => {
      const names = ['r.1:a', 'r.1:A', 'r.1:a ', 'r.1:a:', 'r.1:ä', 'r.1:__proto__', 'r.1:{p0}', 'r.1:a*', 'r.11:a'];

      for (const one of names) await kept(store, one, envelopeOf(one));

      for (const one of names) expect(await valueIn(store, one)).toBe(one);
    });

    it('refuses a fill without a lease, and leaves what is there', async () => {
      await kept(store, 'region.1:a', envelopeOf('first'));

      expect(await store.fill('region.1:a', 'no such token', envelopeOf('second'))).toBe(false);

      expect(await valueIn(store, 'region.1:a')).toBe('first');
    });

    it('spends a lease with its fill', async () => {
      const token = await leaseOn(store, 'region.1:a');
      expect(await store.fill('region.1:a', token, envelopeOf('first'))).toBe(true);

      expect(await store.fill('region.1:a', token, envelopeOf('again'))).toBe(false);

      expect(await valueIn(store, 'region.1:a')).toBe('first');
    });

    it('takes no lease on one name for another', async () => {
      const token = await leaseOn(store, 'region.1:a');

      expect(await store.fill('region.1:b', token, envelopeOf('b'))).toBe(false);

      expect(await store.read('region.1:b')).toBeUndefined();
    });

    it('refuses a fill whose lease began before a removal', async () => {
      const token = await leaseOn(store, 'region.1:a');
      await store.remove('region.1:a');

      expect(await store.fill('region.1:a', token, envelopeOf('late'))).toBe(false);

      expect(await store.read('region.1:a')).toBeUndefined();
    });

    it('lets one of those fill who ask at the same time', async () => {
      const answers = await Promise.all(Array.from({ length: 5 }, async () => store.lease('region.1:a')));

      const fills: boolean[] = [];
      for (const [index, answer] of answers.entries()) {
        if (answer.kind === 'granted') fills.push(await store.fill('region.1:a', answer.token, envelopeOf(index)));
      }

      expect(fills.filter(Boolean)).toHaveLength(1);
    });

    it('replaces the whole envelope under a new lease', async () => {
      const first = envelopeOf('first', { tags: [['shoes', '1-1']] });
      await kept(store, 'region.1:a', first);

      const answer = await store.lease('region.1:a', first);
      if (answer.kind !== 'granted') throw new Error(`The lease was ${answer.kind}.`);
      const second = envelopeOf('second', { version: 2 });
      expect(await store.fill('region.1:a', answer.token, second)).toBe(true);

      expect(told(await store.read('region.1:a'))).toEqual(second);
    });

    it('drops what is removed, and nothing else', async () => {
      await kept(store, 'region.1:a', envelopeOf('a'));
      await kept(store, 'region.1:ab', envelopeOf('ab'));

      await store.remove('region.1:a');
      await store.remove('region.1:never kept');

      expect(await store.read('region.1:a')).toBeUndefined();
      expect(await valueIn(store, 'region.1:ab')).toBe('ab');
    });

    it('answers a stale envelope until the last of its times has passed, then none', async () => {
      const now = Math.round(performance.timeOrigin + performance.now());
      const envelope = envelopeOf('old', {
        writtenAt: now,
        freshUntil: now + 1,
        staleUntil: now + 1,
        errorUntil: now + 250,
      });
      await kept(store, 'region.1:a', envelope);
      const filledAt = performance.now();
      await until(() => performance.now() > filledAt + 5, { withinMs: 1_000 });

      const stale = await valueIn(store, 'region.1:a');
      const readAt = performance.now();

      if (readAt < filledAt + 200) expect(stale).toBe('old');
      await until(async () => (await store.read('region.1:a')) === undefined, { withinMs: 2_000 });
      expect(performance.now()).toBeGreaterThan(filledAt + 100);
    });

    it('keeps its bytes when the caller changes those it gave', async () => {
      const body = Buffer.from('"as given"');
      await kept(store, 'region.1:a', envelopeOf('', { body }));

      body.fill('x');

      expect(await valueIn(store, 'region.1:a')).toBe('as given');
    });
  });
