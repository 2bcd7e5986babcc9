/** One read of a value, as the learner is told of it. */
export interface Access {
  /** The region's parameters as canonical JSON. */
  readonly key: string;
  /** Who read; empty for nobody known. */
  readonly visitor: string;
  /** In ms since the epoch. */
  readonly at: number;
}

/** What one process tells at a time. */
export interface AccessBatch {
  readonly accesses: readonly Access[];
  /** How many reads found nothing kept and went to the source since the last batch. */
  readonly misses: number;
}

/** The longest key and visitor that are learned of, in characters. */
export const LONGEST_KEY = 512;
export const LONGEST_VISITOR = 128;

/** As it travels. */
export const encodeBatch = ({ accesses, misses }: AccessBatch): string =>
  JSON.stringify([misses, ...accesses.map(({ key, visitor, at }) => [key, visitor, at])]);

const isAccess = (item: unknown): item is [string, string, number] => {
  if (!Array.isArray(item) || item.length !== 3) return false;
  const [key, visitor, at] = item as unknown[];
  return (
    typeof key === 'string' &&
    key.length <= LONGEST_KEY &&
    typeof visitor === 'string' &&
    visitor.length <= LONGEST_VISITOR &&
    typeof at === 'number' &&
    Number.isFinite(at)
  );
};

/** What travelled; `undefined` for anything else, a part of a batch included. */
export const decodeBatch = (text: string): AccessBatch | undefined => {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!Array.isArray(parsed)) return undefined;
  const [misses, ...items] = parsed as unknown[];
  if (typeof misses !== 'number' || !Number.isInteger(misses) || misses < 0 || !items.every(isAccess)) return undefined;
  return { misses, accesses: items.map(([key, visitor, at]) => ({ key, visitor, at })) };
};

/** The same text for the same parameters, whatever the order of their fields. */
export const canonicalJson = (params: unknown): string =>
  JSON.stringify(params, (_name, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)))
      : value,
  );
