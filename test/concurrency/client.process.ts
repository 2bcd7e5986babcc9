import { Cache, connectRedis, defineRegion, minutes, trackPosition, type Region } from '@larder/caching';
import { setTimeout as wait } from 'node:timers/promises';
import { oneOf, randomFrom } from '../support/random.js';
import { until } from '../support/until.js';
import { breakBy, type Breakage } from './breakage.js';
import type { Happened, RegionName } from './history.js';

const [cacheUrl = '', truthUrl = '', processText = '0', seedText = '0', breakage = 'none'] = process.argv.slice(2);
const OWN = Number(processText);
const LANES = 12;
const random = randomFrom(Number(seedText));
const now = (): number => Number(process.hrtime.bigint() / 1_000n) / 1_000;

type Known = { readonly version: number };
const versioned = { version: 1, key: ({ id }: { id: string }) => id, ttlMs: minutes(10), staleIfErrorMs: minutes(10) };
const REGIONS: Record<RegionName, Region<{ id: string }, Known>> = {
  bounded: defineRegion({ ...versioned, name: 'bounded', ttlMs: 400, staleWhileRevalidateMs: 400 }),
  through: defineRegion({ ...versioned, name: 'through', versionOf: ({ version }) => version }),
  listed: defineRegion({ ...versioned, name: 'listed', tags: ({ id }) => [`of:${id}`] }),
  latest: defineRegion({ ...versioned, name: 'latest', consistency: { level: 'latest' } }),
};

breakBy(breakage as Breakage);
// A busy machine is no fault to be found here, so the deadline is long.
const cache = new Cache({ redisUrl: cacheUrl, deadlineMs: 2_000, declared: Object.values(REGIONS) });
const truth = connectRedis(truthUrl, { role: 'commands', deadlineMs: 5_000 });
const positions: { region: RegionName; key: string; version: number; position: string }[] = [];

const pause = async (): Promise<void> => {
  const drawn = random();
  if (drawn < 0.4) return;
  await wait(drawn < 0.9 ? drawn * 20 : drawn * 80);
};
const tell = (happened: Happened): void => void process.send?.(happened);

const read = async (region: RegionName, key: string): Promise<void> => {
  const told = random() < 0.3 ? positions.findLast((one) => one.region === region && one.key === key) : undefined;
  const startedAt = now();
  const load = async (): Promise<Known> => {
    await pause();
    const version = Number((await truth.get(`truth:${region}:${key}`)) ?? 0);
    await pause();
    return { version };
  };
  const ask = (): Promise<Known> => cache.read(REGIONS[region], { id: key }, load);
  const { version } = await (told ? cache.atLeast(told.position, ask) : ask());
  tell({ kind: 'seen', region, key, version, startedAt, process: OWN, ...(told && { atLeast: told.version }) });
};

const write = async (region: RegionName, key: string): Promise<void> => {
  const params = { id: key };
  const ticket = region === 'through' ? await cache.ticket(REGIONS[region], params) : '';
  const change = async (): Promise<number> => {
    await pause();
    const version = await truth.incr(`truth:${region}:${key}`);
    await pause();
    return version;
  };
  const { result: version, position } = await trackPosition(async () => {
    const made = await cache.writing(REGIONS[region], params, change);
    if (region === 'listed') await cache.invalidateTags([`of:${key}`]);
    else if (region === 'through') await cache.write(REGIONS[region], params, { version: made }, { ticket });
    else await cache.invalidate(REGIONS[region], params);
    return made;
  });
  await until(() => cache.unsentInvalidations === 0, { withinMs: 10_000 });
  tell({ kind: 'written', region, key, version, answeredAt: now(), process: OWN, position: position() });
};

const lane = async (): Promise<never> => {
  for (;;) {
    const region = oneOf<RegionName>(['bounded', 'through', 'listed', 'latest'], random());
    const key = oneOf(['a', 'b', 'c'], random());
    const drawn = random();
    if (drawn < 0.85) await read(region, key);
    else if (drawn < 0.995) await write(region, key);
    else await cache.clear(REGIONS[region].name);
    await wait(random() * 6);
  }
};

process.on('message', (told: (typeof positions)[number]) => positions.push(told));
process.on('disconnect', () => process.exit());
await until(() => cache.isAvailable && cache.busLagMs < 250 && truth.status === 'ready', { withinMs: 5_000 });
process.send?.('ready');
await Promise.all(Array.from({ length: LANES }, lane));
