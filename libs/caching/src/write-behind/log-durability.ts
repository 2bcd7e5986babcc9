import type { Redis } from 'ioredis';
import type { Durability } from '../region/durability.js';

const SETTINGS = [
  'appendonly',
  'appendfsync',
  'maxmemory-policy',
  'no-appendfsync-on-rewrite',
  'min-replicas-to-write',
] as const;

const settingsOf = async (client: Redis): Promise<Map<string, string> | undefined> => {
  try {
    const found = new Map<string, string>();
    // all in one go, since writes wait for it
    const answers = await Promise.all(SETTINGS.map((setting) => client.config('GET', setting) as Promise<string[]>));
    for (const [name, value] of answers) if (name !== undefined && value !== undefined) found.set(name, value);
    return found;
  } catch (error) {
    if (/^(NOPERM|ERR unknown command)/.test((error as Error).message)) return undefined;
    throw error;
  }
};

/** What is wrong with the settings of this Redis for what is promised of it, each with the way out; empty when nothing is. */
export const logFaults = async (
  client: Redis,
  { durability, isTrusted }: { durability: Durability; isTrusted: boolean },
): Promise<string[]> => {
  const [[role], settings] = await Promise.all([client.role() as Promise<[string]>, settingsOf(client)]);
  const faults = role === 'master' ? [] : [`it is a ${role}, and only a master takes writes`];
  if (!settings) {
    const isKnown = isTrusted && durability !== 'replicated';
    if (!isKnown) faults.push('its settings cannot be read: allow CONFIG GET, or state that it is durable');
    return faults;
  }
  const wanted = new Map([
    ['appendonly', 'yes'],
    ['maxmemory-policy', 'noeviction'],
    ...(durability === 'relaxed'
      ? []
      : ([
          ['appendfsync', 'always'],
          ['no-appendfsync-on-rewrite', 'no'],
        ] as const)),
  ]);
  for (const [setting, value] of wanted) {
    const is = settings.get(setting);
    if (is !== undefined && is !== value) faults.push(`its ${setting} is ${is}: set it to ${value}`);
  }
  if (durability === 'replicated' && !(Number(settings.get('min-replicas-to-write')) >= 1))
    faults.push('its min-replicas-to-write is 0: set it to 1 or more');
  return faults;
};
