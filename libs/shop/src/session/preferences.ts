import { z } from 'zod';
import { lineOfText } from '../text.js';

const MOST = 50;

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
  .refine((patch) => Object.keys(patch).length > 0 && Object.keys(patch).length <= MOST, {
    error: `expected 1 to ${MOST} preferences`,
  });
export type PreferencesPatch = z.infer<typeof PreferencesPatch>;

/** Whether a user may have so many. */
export const isWithinLimit = (preferences: Preferences): boolean => Object.keys(preferences).length <= MOST;

/** These preferences with a patch on top. */
export const patched = (preferences: Preferences, patch: PreferencesPatch): Preferences => {
  const next = new Map(Object.entries(preferences));
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) next.delete(name);
    else next.set(name, value);
  }
  return Object.fromEntries(next);
};
