import { createHash } from 'node:crypto';

/** What identifies a value in its region: one string, or parts in a fixed order. */
export type Key = string | readonly (string | number)[];

const PLAIN = /^[A-Za-z0-9._-]{1,128}$/;
const SHORT_ASCII = /^[\x20-\x7e]{0,128}$/;

/** One part, so written that no other part is written alike; long and non-ASCII ones by their SHA-256. */
const escapePart = (part: string | number): string => {
  if (typeof part === 'number') {
    if (!Number.isFinite(part)) throw new TypeError(`A key part is ${String(part)}: give a finite number or a string.`);
    return `#${Object.is(part, -0) ? 0 : part}`;
  }
  if (typeof part !== 'string') throw new TypeError(`A key part is ${typeof part}: give a finite number or a string.`);
  if (PLAIN.test(part)) return part;
  if (!SHORT_ASCII.test(part)) return `~${createHash('sha256').update(part, 'utf16le').digest('base64url')}`;
  return part.replace(/[^A-Za-z0-9._-]/g, (sign) => `%${sign.charCodeAt(0).toString(16).padStart(2, '0')}`);
};

const PART = '(?:(?:[A-Za-z0-9._-]|%[0-9a-f]{2})*|#-?[0-9]+(?:\\.[0-9]+)?(?:e[+-][0-9]+)?|~[A-Za-z0-9_-]{43})';

/** What `encodeKey` writes: one part, or parts between colons. */
export const ENCODED_KEY = new RegExp(`^(?:${PART}|:(?:${PART}:)*)$`);

/**
 * The key as one string of `A-Z a-z 0-9 . _ - : % # ~`, different for different keys.
 * @throws {TypeError} a part is neither a string nor a finite number
 */
export const encodeKey = (key: Key): string =>
  typeof key === 'string' ? escapePart(key) : `:${key.map((part) => `${escapePart(part)}:`).join('')}`;
