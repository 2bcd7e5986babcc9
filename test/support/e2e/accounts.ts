import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { ADMIN, type Answer, type Sent } from '../api.js';
import { oncePerRun } from './run.folder.js';

/** Sends a request to some instance. */
export type Call = (line: string, sent?: Sent) => Promise<Answer>;

/** Who can be asked for by role. */
export type Role = 'customer' | 'merchandiser' | 'support' | 'operator' | 'admin';

export interface SignedIn {
  readonly sessionId: string;
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly expiresAt: string;
  readonly user: { readonly id: string; readonly email: string; readonly name: string; readonly roles: string[] };
}

/** The password of every account made here. */
export const PASSWORD = 'correct horse battery';

const { E2E_URLS, E2E_ADMIN_EMAIL, E2E_ADMIN_PASSWORD } = process.env;

/** The administrator of the instances under test; of those named by `E2E_URLS`, the one that the environment names. */
export const THE_ADMIN = E2E_URLS
  ? { email: E2E_ADMIN_EMAIL ?? ADMIN.ADMIN_EMAIL, password: E2E_ADMIN_PASSWORD ?? '' }
  : { email: ADMIN.ADMIN_EMAIL, password: ADMIN.ADMIN_PASSWORD };

export const anEmail = (): string => `${randomUUID()}@example.com`;

/** The header of a request in the name of `accessToken`. */
export const bearer = (accessToken: string): { authorization: string } => ({ authorization: `Bearer ${accessToken}` });

/**
 * What `ask` is answered once the minute's sign-ins of this address are not used up, by an earlier run for instance.
 * A refusal for longer than a minute is answered as it is.
 */
export const patiently = async (ask: () => Promise<Answer>): Promise<Answer> => {
  const answer = await ask();
  const seconds = Number(answer.headers['retry-after']);
  if (answer.status !== 429 || !(seconds <= 60)) return answer;
  await wait(seconds * 1_000);
  return ask();
};

/** A session of the account. @throws {Error} it was not let in */
export const signIn = async (call: Call, email: string, password = PASSWORD): Promise<SignedIn> => {
  const { status, body, text } = await patiently(() => call('POST /v1/sessions', { body: { email, password } }));
  if (status !== 201) throw new Error(`${email} was not let in: ${text}`);
  return body as unknown as SignedIn;
};

/** A fresh customer, signed in. @throws {Error} the account was not made; registrations are limited to 60 an hour */
export const aCustomer = async (call: Call): Promise<SignedIn> => {
  const email = anEmail();
  const { status, text } = await call('POST /v1/users', { body: { email, password: PASSWORD, name: 'Ada' } });
  if (status !== 201) throw new Error(`${email} was not registered: ${text}`);
  return signIn(call, email);
};

/** The access token of somebody with this role, signed in once in a run. */
export const tokenOf = async (call: Call, role: Role): Promise<string> => {
  const { accessToken } = await oncePerRun(`session-of-${role}`, () => sessionOf(call, role));
  return accessToken;
};

const sessionOf = async (call: Call, role: Role): Promise<SignedIn> => {
  if (role === 'admin') return signIn(call, THE_ADMIN.email, THE_ADMIN.password);
  const somebody = await aCustomer(call);
  if (role === 'customer') return somebody;
  const granted = await call(`PUT /v1/admin/users/${somebody.user.id}/roles`, {
    headers: bearer(await tokenOf(call, 'admin')),
    body: { roles: [role] },
  });
  if (granted.status !== 200) throw new Error(`Nobody could be made ${role}: ${granted.text}`);
  return somebody;
};
