import { z } from 'zod';
import { lineOfText } from '../text.js';

/** How many a user may have. */
export const MOST_PREFERENCES = 50;

const PreferenceName = z.string().regex(/^[A-Za-z][A-Za-z0-9_-]{0,63}$/, {
  error: 'expected 1 to 64 letters, digits, _ and -, a letter first',
});
const PreferenceValue = z.union([lineOfText(0, 1_000), z.number().min(-1e15).max(1e15), z.boolean()]);

/** What a user likes, by name. */
export const Preferences = z.record(PreferenceName, PreferenceValue);
export type Preferences = z.infer<typeof Preferences>;

/** New values by name; `null` takes a preference back. What is not named stays as it is. */
export const PreferencesPatch = z
  .record(PreferenceName, PreferenceValue.nullable())
  .refine((patch) => Object.keys(patch).length > 0 && Object.keys(patch).length <= MOST_PREFERENCES, {
    error: `expected 1 to ${MOST_PREFERENCES} preferences`,
  });
export type PreferencesPatch = z.infer<typeof PreferencesPatch>;

/** Whether a user may go from `before` to `after`: there are 50 at most, or none is new. */
export const isWithinLimit = (before: Preferences, after: Preferences): boolean => {
  const names = Object.keys(after);
  return names.length <= MOST_PREFERENCES || names.every((name) => Object.hasOwn(before, name));
};

/** These preferences with a patch on top. */
export const patched = (preferences: Preferences, patch: PreferencesPatch): Preferences => {
  const next = new Map(Object.entries(preferences));
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) next.delete(name);
    else next.set(name, value);
  }
  return Object.fromEntries(next);
};

/** As `patched`; of names that are new, in their order, as many as the limit lets in. */
export const patchedWithin = (preferences: Preferences, patch: PreferencesPatch): Preferences => {
  const next = new Map(Object.entries(preferences));
  for (const [name, value] of Object.entries(patch)) if (value === null) next.delete(name);
  for (const [name, value] of byName(patch))
    if (value !== null && (next.has(name) || next.size < MOST_PREFERENCES)) next.set(name, value);
  return Object.fromEntries(next);
};

/** What a patch says, by name. */
export const byName = (patch: PreferencesPatch): [name: string, value: PreferencesPatch[string]][] =>
  Object.entries(patch).sort(([one], [other]) => (one < other ? -1 : 1));
