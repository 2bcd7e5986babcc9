const DUPLICATE_KEY = 11_000;

/** The field whose unique index a write ran into, `undefined` when it failed for another reason. */
export const duplicateFieldOf = (error: unknown): string | undefined => {
  if (!(error instanceof Error)) return undefined;
  const { code, keyPattern } = error as { code?: unknown; keyPattern?: Readonly<Record<string, unknown>> };
  return code === DUPLICATE_KEY ? (Object.keys(keyPattern ?? {})[0] ?? '_id') : undefined;
};
