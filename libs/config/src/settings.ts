import { z } from 'zod';
import { regionsFile } from './regions.file.js';
import { durationMs } from './duration.js';

const LONGEST_TICK_MS = 86_400_000;

const duration = (minMs: number) =>
  z.string().transform((text, context) => {
    const ms = durationMs(text);
    if (ms !== undefined && ms >= minMs && ms <= LONGEST_TICK_MS) return ms;
    context.addIssue(`expected a duration from ${minMs}ms to 1d, such as 10s`);
    return z.NEVER;
  });

const rate = z.string().transform((text, context): Rate => {
  const [, count, per] = /^(\d{1,6})\/(\w+)$/.exec(text) ?? [];
  const windowMs = per ? durationMs(per) : undefined;
  if (count && Number(count) > 0 && windowMs) return { limit: Number(count), windowMs };
  context.addIssue('expected a count per duration, such as 60/1m');
  return z.NEVER;
});

const url = (schemes: readonly string[], example: string) =>
  z.string().refine((text) => schemes.some((scheme) => text.startsWith(`${scheme}://`)) && text.length < 2_048, {
    error: `expected a URL such as ${example}`,
  });

const signingKeys = z.string().transform((text, context): SigningKey[] => {
  const keys = text.split(',').map((pair) => {
    const colon = pair.indexOf(':');
    return { kid: pair.slice(0, Math.max(colon, 0)).trim(), secret: pair.slice(colon + 1).trim() };
  });
  const isSound = keys.every(({ kid, secret }) => /^[\w.-]{1,64}$/.test(kid) && Buffer.byteLength(secret) >= 32);
  if (isSound && new Set(keys.map(({ kid }) => kid)).size === keys.length) return keys;
  context.addIssue('expected kid:secret pairs, separated by commas, each kid once, each secret at least 32 bytes long');
  return z.NEVER;
});

const proxies = z.string().transform((text): number | string[] => {
  if (/^\d{1,2}$/.test(text)) return Number(text);
  return text
    .split(',')
    .map((address) => address.trim())
    .filter((address) => address !== '');
});

const REDIS_SCHEMES = ['redis', 'rediss', 'redis-sentinel', 'redis-shards', 'redis-cluster'];

/** So many requests in so long. */
export interface Rate {
  readonly limit: number;
  readonly windowMs: number;
}

/** One HMAC key of access tokens; the first signs, all verify. */
export interface SigningKey {
  readonly kid: string;
  readonly secret: string;
}

/** Every setting that a process reads from its environment. `docs/operations.md` lists them from here. */
export const Settings = z.object({
  NODE_ENV: z.enum(['development', 'test', 'production']).default('development').meta({
    description: 'In production nothing is started locally, nothing is generated, no default password exists.',
  }),
  PORT: z
    .string()
    .regex(/^\d{1,5}$/, 'expected a port from 0 to 65535')
    .transform(Number)
    .refine((port) => port <= 65_535, 'expected a port from 0 to 65535')
    .default(3_000)
    .meta({ description: 'Where the API listens; 0 takes a free port.' }),
  HOST: z.string().min(1).max(255).default('127.0.0.1').meta({ description: 'The address the API listens on.' }),
  MONGODB_URI: url(['mongodb', 'mongodb+srv'], 'mongodb://127.0.0.1:27017/larder?replicaSet=rs0').meta({
    description: 'A replica set: transactions and change streams are used.',
  }),
  REDIS_URL: url(REDIS_SCHEMES, 'redis://127.0.0.1:6379').meta({ description: 'The Redis of cached values.' }),
  QUEUE_REDIS_URL: url(REDIS_SCHEMES, 'redis://127.0.0.1:6380').meta({
    description: 'The Redis of locks and logs: noeviction, AOF always.',
  }),
  LARDER_HOME: z
    .string()
    .min(1)
    .default('.larder')
    .meta({ description: 'Local data, binaries, logs and generated development keys.' }),
  ADMIN_EMAIL: z
    .email()
    .max(254)
    .default('admin@larder.test')
    .meta({ description: 'The first administrator, made at start when absent.' }),
  ADMIN_PASSWORD: z
    .string()
    .min(12)
    .max(256)
    .optional()
    .meta({ description: 'Its password; generated once outside production.' }),
  ACCESS_TOKEN_KEYS: signingKeys.meta({ description: '`kid:secret` pairs; the first signs, all verify.' }),
  REGIONS_FILE: regionsFile.optional().meta({ description: 'JSON file with overrides of regions by name.' }),
  RATE_LIMIT_SIGN_IN: rate
    .default({ limit: 60, windowMs: 60_000 })
    .meta({ description: 'Sign-ins per client address.' }),
  RATE_LIMIT_SIGN_IN_FAILURES: rate
    .default({ limit: 10, windowMs: 900_000 })
    .meta({ description: 'Failed sign-ins per account and address.' }),
  RATE_LIMIT_REGISTRATION: rate
    .default({ limit: 60, windowMs: 3_600_000 })
    .meta({ description: 'Registrations per client address.' }),
  PRELOAD_EVERY: duration(100).default(10_000).meta({ description: 'The tick of the preload job.' }),
  FLUSH_EVERY: duration(10).default(1_000).meta({ description: 'The tick of the flush job.' }),
  TRUSTED_PROXIES: proxies
    .default([])
    .meta({ description: 'Addresses, or the number of hops, whose X-Forwarded-For is believed.' }),
  QUEUE_REDIS_TRUSTED: z
    .enum(['durable'])
    .optional()
    .meta({ description: 'For a managed Redis that hides CONFIG: states what cannot be checked.' }),
  LOG_LEVEL: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'])
    .default('info')
    .meta({ description: 'The least level that is logged.' }),
});

/** The settings of this process, read and checked. */
export type Settings = z.infer<typeof Settings>;

/** What a process needs that works with the stores alone. */
export const StoreSettings = Settings.pick({
  MONGODB_URI: true,
  REDIS_URL: true,
  QUEUE_REDIS_URL: true,
  LARDER_HOME: true,
  LOG_LEVEL: true,
});
export type StoreSettings = z.infer<typeof StoreSettings>;
