import { z } from 'zod';
import { Role } from './roles.js';

const LONGEST_EMAIL = 254;
const LONGEST_PASSWORD_BYTES = 1_024;

const isWithinBytes = (text: string): boolean => Buffer.byteLength(text) <= LONGEST_PASSWORD_BYTES;

/** An e-mail address in the one form it is kept and looked up in: trimmed, NFC, lower case. */
export const Email = z
  .string()
  .max(2 * LONGEST_EMAIL)
  .transform((text) => text.trim().normalize('NFC').toLowerCase())
  .pipe(z.email().max(LONGEST_EMAIL));

const NewPassword = z
  .string()
  .min(8)
  .refine(isWithinBytes, { error: `expected at most ${LONGEST_PASSWORD_BYTES} bytes` });

const NAME = /^[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}]*$/u;

/** What it takes to register. */
export const Registration = z.strictObject({
  email: Email,
  password: NewPassword,
  name: z.string().trim().min(1).max(100).regex(NAME, 'expected no control characters'),
});
export type Registration = z.infer<typeof Registration>;

/** What it takes to sign in. A password is only bounded here: what was once allowed is checked, not judged. */
export const Credentials = z.strictObject({
  email: Email,
  password: z
    .string()
    .min(1)
    .refine(isWithinBytes, { error: `expected at most ${LONGEST_PASSWORD_BYTES} bytes` }),
});
export type Credentials = z.infer<typeof Credentials>;

/** The roles a user is to have instead of the present ones. */
export const RoleChange = z.strictObject({
  roles: z
    .array(Role)
    .max(Role.options.length)
    .transform((roles) => [...new Set(roles)].sort()),
});
export type RoleChange = z.infer<typeof RoleChange>;

/** A user as answered: never anything of the password. */
export const User = z.strictObject({ id: z.string(), email: z.string(), name: z.string(), roles: z.array(Role) });
export type User = z.infer<typeof User>;

/** What a user may do, as cached: always under the user's own id. `version` is the user's. */
export const Permissions = z.strictObject({
  userId: z.string(),
  roles: z.array(Role),
  grants: z.array(z.string()),
  version: z.int(),
});
export type Permissions = z.infer<typeof Permissions>;
