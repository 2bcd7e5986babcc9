import type { Answer } from '../support/api.js';
import { ShopProcesses, type ApiProcess } from '../support/shop.processes.js';
import { ShopStaff } from '../support/shop.staff.js';
import { until } from '../support/until.js';

const PRODUCTS = 60;
const ANSWERED_BEFORE_THE_KILL = 15;
const MOST_ROUNDS = 6;
const BACK = { withinMs: 20_000 };
const IDS = Array.from({ length: PRODUCTS }, (_, index) => `killed-${index}`);

let shop: ShopProcesses;
let other: ApiProcess;
let staff: ShopStaff;

beforeAll(async () => {
  shop = await ShopProcesses.open();
  other = await shop.startApi();
  staff = await ShopStaff.at(shop, other);
  for (const id of IDS) await staff.make(id);
}, 60_000);
afterAll(() => shop.close());

/** The place of the only edit of an answer in the order of its product's edits. */
const positionIn = ({ body }: Answer): number => {
  const [{ writeId }] = body?.['accepted'] as [{ writeId: string }];
  return Number(Buffer.from(writeId, 'base64url').toString('utf8').split(' ')[0]);
};
const flushed = async (): Promise<number> =>
  Number((await staff.call('GET /v1/admin/cache/write-behind')).body?.['flushed']);

/** Sends an edit of every product at once to an API of its own, and kills that when some are answered. */
const killedOver = async (round: number): Promise<string[]> => {
  const victim = await shop.startApi();
  for (const id of IDS) await victim.call(`GET /v1/products/${id}`);
  let answered = 0;
  const outcomes = await Promise.all(
    IDS.map(async (id) => {
      try {
        const edits = [{ productId: id, name: `first ${round}`, description: `of ${round}` }];
        const { status } = await staff.edit(edits, { at: victim, key: `${round}-${id}` });
        answered += 1;
        if (answered === ANSWERED_BEFORE_THE_KILL) victim.signal('SIGKILL');
        return { id, isAnswered: status === 202 };
      } catch {
        return { id, isAnswered: false }; // its connection broke off: what became of it nobody said
      }
    }),
  );
  return outcomes.filter(({ isAnswered }) => !isAnswered).map(({ id }) => id);
};

const again = async (id: string, round: number): Promise<Answer> => {
  let answer: Answer | undefined;
  await until(async () => {
    const edits = [{ productId: id, name: `first ${round}`, description: `of ${round}` }];
    answer = await staff.edit(edits, { key: `${round}-${id}` });
    return answer.status === 202;
  }, BACK);
  if (answer === undefined) throw new Error(`${id} was never edited`);
  return answer;
};

describe('an API that is killed over edits', () => {
  it('leaves each with one effect in its place, when all that were not answered are sent again to another', async () => {
    let accepted = 0;
    let begun = 0;
    for (let round = 0; round < MOST_ROUNDS && accepted === 0; round += 1) {
      const before = await flushed();
      const versions = new Map<string, unknown>();
      for (const id of IDS) versions.set(id, (await staff.truthOf(id))['version']);
      const unanswered = await killedOver(round);
      begun += unanswered.length;
      const names = new Map(IDS.map((id) => [id, `first ${round}`]));
      await Promise.all(
        unanswered.map(async (id) => {
          const second = await staff.edit([{ productId: id, name: `second ${round}` }]);
          const repeated = await again(id, round);
          expect((await again(id, round)).body).toEqual(repeated.body);
          const isBefore = positionIn(repeated) < positionIn(second);
          if (isBefore) accepted += 1;
          if (isBefore) names.set(id, `second ${round}`);
        }),
      );
      expect(await staff.call('POST /v1/admin/cache/write-behind/flush')).toMatchObject({ status: 200 });
      expect(await flushed()).toBe(before + PRODUCTS + unanswered.length);
      for (const id of IDS) {
        const truth = await staff.truthOf(id);
        expect(truth).toMatchObject({ name: names.get(id), description: `of ${round}` });
        expect(truth['version']).toBe(Number(versions.get(id)) + 1);
      }
    }
    expect(begun).toBeGreaterThan(0);
    expect(accepted).toBeGreaterThan(0);
  }, 90_000);
});
