import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Answer } from '../support/api.js';
import { type ApiProcess, ShopProcesses } from '../support/shop.processes.js';
import { ShopStaff } from '../support/shop.staff.js';
import { until } from '../support/until.js';

const READERS = 12;
const EDITORS = 8;
const IDS = Array.from({ length: EDITORS }, (_, index) => `hot-${index}`);
const GONE_WITHIN_MS = 10_000;
/** Less than 2 s, and what a machine adds that is busy with other specs. */
const REFUSED_WITHIN_MS = 4_000;
const BACK = { withinMs: 30_000 };

/** What the callers of one kind were told. */
interface Told {
  readonly statuses: Record<number, number>;
  broken: number;
}

let folder: string;
let shop: ShopProcesses;
let stopping: ApiProcess;
let staying: ApiProcess;
let staff: ShopStaff;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'larder-load-spec-'));
  const regions = join(folder, 'regions.json');
  await writeFile(regions, JSON.stringify({ product: { ttlMs: 1_000 }, stock: { ttlMs: 1_000 } }));
  const settings = { REGIONS_FILE: regions };
  shop = await ShopProcesses.open();
  staying = await shop.startApi(settings);
  staff = await ShopStaff.at(shop, staying);
  stopping = await shop.startApi(settings);
  shop.startWorker();
  for (const id of IDS) await staff.make(id);
}, 60_000);
afterAll(async () => {
  await shop.close();
  await rm(folder, { recursive: true });
});

/** Callers that ask one after the other until `isOver` says so, or their API is gone. */
const callers = async (
  count: number,
  isOver: () => boolean,
  ask: (caller: number, round: number) => Promise<Answer>,
): Promise<Told> => {
  const told: Told = { statuses: {}, broken: 0 };
  const call = async (caller: number): Promise<void> => {
    for (let round = 0; !isOver(); round += 1) {
      try {
        const { status } = await ask(caller, round);
        told.statuses[status] = (told.statuses[status] ?? 0) + 1;
      } catch {
        told.broken += 1; // nobody answers there any more
        return;
      }
    }
  };
  await Promise.all(Array.from({ length: count }, (_, caller) => call(caller)));
  return told;
};
const idOf = (caller: number): string => IDS[caller % IDS.length] ?? '';
const total = ({ statuses }: Told): number => Object.values(statuses).reduce((sum, count) => sum + count, 0);
const failed = ({ statuses }: Told): number =>
  Object.entries(statuses).reduce((sum, [status, count]) => sum + (Number(status) >= 500 ? count : 0), 0);

/** Edits, each editor its own product; keeps what was accepted last of each. */
const editors = (at: ApiProcess, isOver: () => boolean, field: string, last: Map<string, string>): Promise<Told> =>
  callers(EDITORS, isOver, async (caller, round) => {
    const text = `${field} ${round}`;
    const answer = await staff.edit([{ productId: idOf(caller), [field]: text }], { at });
    if (answer.status === 202) last.set(idOf(caller), text);
    return answer;
  });
const read = (at: ApiProcess, caller: number): Promise<Answer> =>
  at.call(`GET /v1/products/${idOf(caller)}`, { headers: { 'x-visitor-id': 'v' } });

describe('under load', () => {
  it('SIGTERM of one API answers what is in flight, and loses neither an edit nor a view', async () => {
    let isOver = false;
    const over = (): boolean => isOver;
    let reads = 0;
    const [names, descriptions] = [new Map<string, string>(), new Map<string, string>()];
    const load = Promise.all([
      editors(stopping, over, 'name', names),
      editors(staying, over, 'description', descriptions),
      callers(READERS, over, async (caller) => {
        const answer = await read(stopping, caller);
        reads += 1;
        return answer;
      }),
      callers(READERS, over, (caller) => read(staying, caller)),
    ]);
    await until(() => reads > READERS && names.size > 0, BACK).catch((error: unknown) => {
      isOver = true;
      throw error;
    });
    const orderedAt = performance.now();
    stopping.signal('SIGTERM');
    expect(await stopping.exited).toEqual([0, null]);
    expect(performance.now() - orderedAt).toBeLessThan(GONE_WITHIN_MS);
    await delay(1_500);
    isOver = true;
    const [atStopping, atStaying, readStopping, readStaying] = await load;

    expect(Object.keys(atStopping.statuses)).toEqual(['202']);
    expect(Object.keys(readStopping.statuses)).toEqual(['200']);
    expect(failed(atStaying) + failed(readStaying)).toBeLessThanOrEqual(
      (total(atStaying) + total(readStaying)) / 1_000,
    );
    const seen = total(readStopping) + total(readStaying);
    const views = async (): Promise<number> => {
      const truths = await Promise.all(IDS.map((id) => staff.truthOf(id)));
      return truths.reduce((sum, truth) => sum + Number(truth['views']), 0);
    };
    await until(async () => (await staff.depth()) === 0 && (await views()) === seen, BACK);
    for (const id of IDS)
      expect(await staff.truthOf(id)).toMatchObject({ name: names.get(id), description: descriptions.get(id) });
  }, 60_000);

  it('MongoDB away leaves hot products readable and editable, and refuses prices soon; then all of it is there', async () => {
    for (const id of IDS) await staying.call(`GET /v1/products/${id}`);
    await shop.mongo.kill('SIGKILL');
    let isOver = false;
    const over = (): boolean => isOver;
    const names = new Map<string, string>();
    const statuses: string[] = [];
    const waits: number[] = [];
    const load = Promise.all([
      editors(staying, over, 'name', names),
      callers(READERS, over, async (caller) => {
        const answer = await read(staying, caller);
        statuses.push(String(answer.headers['cache-status']));
        return answer;
      }),
      callers(2, over, async (caller) => {
        const askedAt = performance.now();
        const body = { amount: 7, currency: 'USD' };
        const answer = await staff.call(`PUT /v1/admin/products/${idOf(caller)}/price`, { body }, staying);
        waits.push(performance.now() - askedAt);
        return answer;
      }),
    ]);
    await delay(8_000);
    isOver = true;
    const [edited, seen, priced] = await load;

    expect(Object.keys(seen.statuses)).toEqual(['200']);
    expect(Object.keys(edited.statuses)).toEqual(['202']);
    expect(Object.keys(priced.statuses)).toEqual(['503']);
    expect(statuses.at(-1)).toContain('detail=stale');
    expect(Math.max(...waits)).toBeLessThan(REFUSED_WITHIN_MS);

    await shop.mongo.restart();
    await until(async () => (await staff.depth()) === 0, BACK);
    for (const id of IDS) expect(await staff.truthOf(id)).toMatchObject({ name: names.get(id) });
  }, 60_000);
});
