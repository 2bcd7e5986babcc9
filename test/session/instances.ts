import { randomUUID } from 'node:crypto';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { pino } from 'pino';
import { createApp } from '../../apps/api/src/app.js';
import { anAddress, emptyDatabaseOf, testSettings } from '../support/api.js';

/** The administrator of every test database. */
export const ADMIN = { email: 'admin@larder.test', password: 'the first password' };

/** The password of every customer made here. */
export const PASSWORD = 'correct horse battery';

/** Within how long an end or a change of roles is in force on every instance. */
export const BOUND_MS = 100;

const PATIENCE_MS = 5_000;

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: Record<string, unknown>;
}

/** What is sent beside method and path; from an address of its own unless one is given, so that no limit is shared. */
export interface Sent {
  readonly body?: object;
  readonly token?: string;
  readonly address?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface SignedIn {
  readonly sessionId: string;
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly user: { readonly id: string };
}

export const anEmail = (): string => `${randomUUID()}@example.com`;

/** Sends a request such as `GET /v1/sessions/current`. */
export const call = async (app: NestFastifyApplication, line: string, sent: Sent = {}): Promise<Answer> => {
  const { body, token, address = anAddress(), headers = {} } = sent;
  const [method, url] = line.split(' ') as ['GET', string];
  const response = await app.inject({
    method,
    url,
    remoteAddress: address,
    headers: { ...(token !== undefined && { authorization: `Bearer ${token}` }), ...headers },
    ...(body && { payload: body }),
  });
  const text = response.body;
  const answered = (text === '' ? {} : JSON.parse(text)) as Answer['body'];
  return { status: response.statusCode, headers: response.headers, body: answered };
};

/** A session of the account; fails when there is none to be had. */
export const signIn = async (app: NestFastifyApplication, email: string, password = PASSWORD): Promise<SignedIn> => {
  const { status, body } = await call(app, 'POST /v1/sessions', { body: { email, password } });
  if (status !== 201) throw new Error(`${email} was not let in: ${status}`);
  return body as unknown as SignedIn;
};

/** A fresh customer, signed in. */
export const aCustomer = async (app: NestFastifyApplication): Promise<SignedIn & { email: string }> => {
  const email = anEmail();
  const { status } = await call(app, 'POST /v1/users', { body: { email, password: PASSWORD, name: 'Ada' } });
  if (status !== 201) throw new Error(`${email} was not registered: ${status}`);
  return { ...(await signIn(app, email)), email };
};

/** An access token of the administrator. */
export const anAdminToken = async (app: NestFastifyApplication): Promise<string> =>
  (await signIn(app, ADMIN.email, ADMIN.password)).accessToken;

/** What the instance says to the token: 200 while its session is live. */
export const statusOf = async (app: NestFastifyApplication, token: string): Promise<number> =>
  (await call(app, 'GET /v1/sessions/current', { token })).status;

/** How long it takes until `ask` answers `expected`. */
export const becomes = async (expected: number, ask: () => Promise<number>): Promise<number> => {
  const startMs = performance.now();
  while ((await ask()) !== expected) {
    if (performance.now() - startMs > PATIENCE_MS) throw new Error(`it never became ${expected}`);
  }
  return performance.now() - startMs;
};

/** Instances of the API over one database of a test file, with what they logged. */
export class Instances {
  readonly logged: string[] = [];
  private readonly started: NestFastifyApplication[] = [];

  private constructor(private readonly uri: string) {}

  static async over(filename: string): Promise<Instances> {
    return new Instances(await emptyDatabaseOf(filename));
  }

  /** One more instance; three failed sign-ins are allowed unless `changes` says otherwise. */
  async start(changes: Readonly<Record<string, string>> = {}): Promise<NestFastifyApplication> {
    const log = pino({ level: 'trace' }, { write: (line: string) => void this.logged.push(line) });
    const app = await createApp(testSettings(this.uri, { RATE_LIMIT_SIGN_IN_FAILURES: '3/15m', ...changes }), log);
    this.started.push(app);
    return app;
  }

  async close(): Promise<void> {
    await Promise.all(this.started.map((app) => app.close()));
  }
}
