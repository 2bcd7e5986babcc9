import { RegionInvalidError } from '../errors.js';
import { encodeKey, type Key } from './key.js';
import { aheadFaults, aheadOf, type AheadPolicy } from './ahead.js';
import { days, minutes, seconds } from './durations.js';

/** How far a served value may lie behind the source. */
export type Consistency =
  { readonly level: 'latest' } | { readonly level: 'bounded'; readonly ms: number } | { readonly level: 'eventual' };

/** What a read answers while the shared store is away. */
export type PartitionPolicy = 'bypass' | 'serve-stale' | 'refuse';

/** The near copies of a region. */
export interface NearPolicy {
  /** How long a near copy lives at most; default 1 min. */
  readonly ttlMs?: number;
  /** How many entries of this region are kept near at most; default: the store's own limit. */
  readonly maxEntries?: number;
}

/** The numbers of a region: what `REGIONS_FILE` may override. */
export interface RegionPolicy {
  /** How long a value is fresh. */
  readonly ttlMs: number;
  /** How long after that it is served while a refresh runs (RFC 5861); default 0. */
  readonly staleWhileRevalidateMs?: number;
  /** How long after that it is served when the source fails (RFC 5861); default 0. */
  readonly staleIfErrorMs?: number;
  /** How long absence (`null`) is kept; 0 keeps none; default 30 s. */
  readonly absentMs?: number;
  /** Near copies; `false` keeps none. */
  readonly near?: NearPolicy | false;
  /** Default `bounded`, 250 ms. */
  readonly consistency?: Consistency;
  /** Default `bypass`. */
  readonly partition?: PartitionPolicy;
  /** The share of a lifetime that is shortened at random, 0 to 0.5; default 0.1. */
  readonly jitter?: number;
  /** XFetch's beta: how eagerly a value is refreshed before it expires; 0 is never; default 1. */
  readonly earlyRefresh?: number;
  /** When a load takes longer and a stale value is there, that is answered; default 500 ms. */
  readonly softTimeoutMs?: number;
  /** When a load takes longer, it fails; default 10 s. */
  readonly hardTimeoutMs?: number;
  /** The largest encoded value that is kept; default 1 MiB. */
  readonly maxBytes?: number;
  /** How many loads run at once while the shared store is away; default 64. */
  readonly maxBypassLoads?: number;
  /** What is loaded before it is asked for, where `@CacheAhead` says that it is. */
  readonly ahead?: AheadPolicy;
}

/** A region as its owner declares it. */
export interface RegionDefinition<P, V> extends RegionPolicy {
  readonly name: string;
  /** Raised when the shape of the value changes: older bytes become misses. */
  readonly version: number;
  readonly key: (params: P) => Key;
  /** The tags of the value under these parameters. */
  readonly tags?: (params: P, value: V) => readonly string[];
  /** The tags of the lists that show this value. */
  readonly affects?: (value: NonNullable<V>) => readonly string[];
  /** The version of the value; where given, an older value never replaces a newer one. */
  readonly versionOf?: (value: NonNullable<V>) => number;
}

/** A named kind of cached value with its policy, complete. */
export interface Region<P, V> extends Required<RegionPolicy> {
  readonly name: string;
  readonly version: number;
  readonly near: Required<NearPolicy> | false;
  readonly ahead: Required<AheadPolicy>;
  readonly key: (params: P) => Key;
  readonly tags: ((params: P, value: V) => readonly string[]) | undefined;
  readonly affects: ((value: NonNullable<V>) => readonly string[]) | undefined;
  readonly versionOf: ((value: NonNullable<V>) => number) | undefined;
  /** The key of `params` as one string, different for different keys. */
  readonly encode: (params: P) => string;
}

/** A region whose shapes do not matter to the one who holds it. */
export type AnyRegion = Region<never, never>;

const DEFAULTS = {
  staleWhileRevalidateMs: 0,
  staleIfErrorMs: 0,
  absentMs: seconds(30),
  consistency: { level: 'bounded', ms: 250 },
  partition: 'bypass',
  jitter: 0.1,
  earlyRefresh: 1,
  softTimeoutMs: 500,
  hardTimeoutMs: seconds(10),
  maxBytes: 1_048_576,
  maxBypassLoads: 64,
} as const;

const BOUNDS: Readonly<Record<string, readonly [number, number]>> = {
  ttlMs: [1, days(365)],
  staleWhileRevalidateMs: [0, days(365)],
  staleIfErrorMs: [0, days(365)],
  absentMs: [0, days(365)],
  jitter: [0, 0.5],
  earlyRefresh: [0, 100],
  softTimeoutMs: [1, minutes(10)],
  hardTimeoutMs: [1, minutes(10)],
  maxBytes: [1, 64 * 1_048_576],
  maxBypassLoads: [1, 100_000],
};

const faultsOf = (name: string, policy: Required<RegionPolicy>): string[] => {
  const faults = Object.entries(BOUNDS).flatMap(([field, [least, most]]) => {
    const value = policy[field as keyof RegionPolicy];
    return typeof value === 'number' && value >= least && value <= most
      ? []
      : [`${field} is not from ${least} to ${most}`];
  });
  if (!/^[a-z][a-z0-9-]{0,63}$/.test(name)) faults.push('its name is not lower-case letters, digits and hyphens');
  const { consistency, partition, near } = policy;
  if (consistency.level === 'bounded' && !(consistency.ms >= 4)) faults.push('consistency.ms is below 4');
  if (consistency.level === 'latest' && partition === 'serve-stale') {
    faults.push('`latest` cannot be combined with partition `serve-stale`');
  }
  if (near && near.ttlMs !== undefined && !(near.ttlMs >= 1)) faults.push('near.ttlMs is below 1');
  return [...faults, ...aheadFaults(aheadOf(policy.ahead))];
};

const completed = <P, V>(definition: RegionDefinition<P, V>): Region<P, V> => {
  const given = Object.fromEntries(Object.entries(definition).filter(([, value]) => value !== undefined));
  const policy: Omit<Required<RegionPolicy>, 'near' | 'ahead'> = { ...DEFAULTS, ...given, ttlMs: definition.ttlMs };
  const wantsNear = definition.near !== false && policy.consistency.level !== 'latest';
  const { ttlMs = minutes(1), maxEntries = Infinity } = definition.near || {};
  const { key } = definition;
  return {
    ...policy,
    name: definition.name,
    version: definition.version,
    key,
    near: wantsNear ? { ttlMs, maxEntries } : false,
    ahead: aheadOf(definition.ahead),
    tags: definition.tags,
    affects: definition.affects,
    versionOf: definition.versionOf,
    encode: (params) => encodeKey(key(params)),
  };
};

/**
 * Declares a kind of cached value, once. Idea: JCache's and Hibernate's regions.
 * @throws {RegionInvalidError} naming every number that is out of bounds
 */
export const defineRegion = <P, V>(definition: RegionDefinition<P, V>): Region<P, V> => {
  const region = completed(definition);
  const faults = faultsOf(region.name, { ...region, near: region.near });
  if (!Number.isInteger(region.version) || region.version < 0) faults.push('its version is not a whole number from 0');
  if (faults.length > 0) throw new RegionInvalidError(region.name, faults);
  return region;
};
