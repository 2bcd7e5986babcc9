import type { ChildProcess } from 'node:child_process';
import type { LocalServer } from '@larder/local-servers';
import { aBusRelay, type BusRelay } from '../support/bus.relay.js';
import { aProcess, endProcesses } from '../support/cache.processes.js';
import { aRedis } from '../support/local.server.js';
import { randomFrom, seedOfRun } from '../support/random.js';
import { until } from '../support/until.js';
import type { Breakage } from './breakage.js';
import { faultsIn, type Happened } from './history.js';

const SECONDS = Number(process.env['LARDER_MODEL_SECONDS'] ?? 7);
const PROCESSES = 3;
const CLIENT = 'test/concurrency/client.process.ts';

let cache: LocalServer;
let truth: LocalServer;
let relay: BusRelay;
const seed = seedOfRun();
const random = randomFrom(seed);

beforeEach(async () => {
  [cache, truth] = await Promise.all([aRedis({ role: 'cache' }), aRedis({ role: 'cache' })]);
  relay = await aBusRelay(cache.url);
});
afterEach(async () => {
  await endProcesses();
  await relay.close();
  await Promise.all([cache.stop(), truth.stop()]);
});

/** Three processes read and write; process 0 is behind a bus that stops now and then, and one of them is killed. */
class Model {
  readonly history: Happened[] = [];
  /** What ended though nobody killed it. */
  readonly crashes: string[] = [];
  kills = 0;
  stops = 0;
  private started = 0;
  private readonly clients = new Map<number, ChildProcess>();

  constructor(private readonly breakage: Breakage) {}

  async begin(): Promise<void> {
    await Promise.all(Array.from({ length: PROCESSES }, (_, at) => this.start(at)));
  }

  async kill(at: number): Promise<void> {
    this.clients.get(at)?.kill('SIGKILL');
    this.kills += 1;
    await this.start(at);
  }

  private async start(at: number): Promise<void> {
    const url = at === 0 ? relay.url : cache.url;
    const number = (this.started += 1);
    const client = await aProcess(CLIENT, [url, truth.url, String(number), String(seed + number), this.breakage]);
    this.clients.set(at, client);
    client.on('exit', (code) => {
      if (code !== null) this.crashes.push(`process ${number} ended by ${code}`);
    });
    client.on('message', (told) => this.hear(told as Happened));
  }

  private hear(told: Happened): void {
    this.history.push(told);
    if (told.kind !== 'written') return;
    for (const client of this.clients.values()) if (client.connected) client.send(told, () => undefined);
  }
}

const isOver = (ms: number): (() => boolean) => {
  const end = performance.now() + ms;
  return () => performance.now() > end;
};

const troubled = async (model: Model, isEnough: () => boolean): Promise<void> => {
  while (!isEnough()) {
    const isCalmOver = isOver(200 + random() * 500);
    await until(() => isCalmOver() || isEnough(), { withinMs: 10_000 });
    if (random() < 0.4) await model.kill(Math.floor(random() * PROCESSES));
    else {
      model.stops += 1;
      relay.hold();
      const isHeldEnough = isOver(random() * 900);
      await until(isHeldEnough, { withinMs: 10_000 });
      relay.release();
    }
  }
};

describe(`three processes over one Redis, by seed ${seed} (LARDER_SEED)`, () => {
  it(
    'answer no version that is older than its bound, or than a position they were given',
    async () => {
      const model = new Model('none');
      await model.begin();
      await troubled(model, isOver(SECONDS * 1_000));

      const { history, kills, stops } = model;
      const written = history.filter(({ kind }) => kind === 'written').length;
      process.stderr.write(
        `seed ${seed}: ${history.length - written} reads, ${written} writes, ${kills} kills, ${stops} bus stops\n`,
      );
      expect(written).toBeGreaterThan(100);
      expect([...model.crashes, ...faultsIn(history)]).toEqual([]);
    },
    (SECONDS + 30) * 1_000,
  );

  it.each<Breakage>(['fill without a lease', 'deaf to the bus'])('are found out when they %s', async (breakage) => {
    const model = new Model(breakage);
    await model.begin();
    await until(() => faultsIn(model.history).length > 0, { withinMs: 15_000 });
  });
});
