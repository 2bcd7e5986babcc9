const UNITS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** Milliseconds of a duration such as `500ms`, `10s`, `15m`, `1h` or `30d`; `undefined` when it is none. */
export const durationMs = (text: string): number | undefined => {
  const [, digits, unit] = /^(\d{1,9})(ms|s|m|h|d)$/.exec(text) ?? [];
  return digits && unit ? Number(digits) * UNITS[unit as keyof typeof UNITS] : undefined;
};
