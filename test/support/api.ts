import { createHash, randomBytes } from 'node:crypto';
import { parseSettings, type Settings } from '@larder/config';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import mongoose from 'mongoose';
import { pino } from 'pino';
import { createApp } from '../../apps/api/src/app.js';

/** The first administrator of every API that is started here. */
export const ADMIN = { ADMIN_EMAIL: 'admin@larder.test', ADMIN_PASSWORD: 'the first password' };

/** What came back; `body` is `undefined` where it is empty. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  // Whatever the route answers: a test states what it expects of it.
  readonly body: Record<string, unknown> | undefined;
  readonly text: string;
}

/** What is sent beside method and address; a string or bytes go as they are. */
export interface Sent {
  readonly body?: object | string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The API of one test file, over a database of its own. */
export interface TestApi {
  readonly app: NestFastifyApplication;
  readonly logged: string[];
  /** Sends a request such as `GET /v1/products/a`. */
  call(line: string, sent?: Sent): Promise<Answer>;
  /** The same as the first administrator. */
  asAdmin(line: string, sent?: Sent): Promise<Answer>;
  close(): Promise<void>;
}

/** The database of this test file: a name made from its path, emptied now rather than at the end, so that a failure can be looked at. */
export const emptyDatabaseOf = async (filename: string): Promise<string> => {
  const uri = new URL(process.env['MONGODB_URI'] ?? '');
  uri.pathname = `/t_${createHash('sha256').update(filename).digest('hex').slice(0, 16)}`;
  const connection = await mongoose.createConnection(uri.href).asPromise();
  await connection.dropDatabase();
  await connection.close();
  return uri.href;
};

/** The settings of tests over this database. */
export const testSettings = (uri: string, changes: Readonly<Record<string, string>> = {}): Settings =>
  parseSettings({
    ...process.env,
    NODE_ENV: 'test',
    MONGODB_URI: uri,
    ACCESS_TOKEN_KEYS: 'test:a secret that is thirty-two bytes long',
    ...ADMIN,
    ...changes,
  });

/** Starts the API in this process over an empty database, with one administrator. */
export const aTestApi = async (filename: string, changes: Readonly<Record<string, string>> = {}): Promise<TestApi> => {
  const logged: string[] = [];
  const log = pino({ level: 'info' }, { write: (line: string) => void logged.push(line) });
  const app = await createApp(testSettings(await emptyDatabaseOf(filename), changes), log);
  const call = callerOf(app);
  let token: Promise<string> | undefined;
  return {
    app,
    logged,
    call,
    asAdmin: async (line, { body, headers } = {}) => {
      token ??= signIn(call);
      return call(line, { body, headers: { authorization: `Bearer ${await token}`, ...headers } });
    },
    close: () => app.close(),
  };
};

/** A client address that hardly anybody else has, so that no limit is shared. */
export const anAddress = (): string => [10, ...randomBytes(3)].join('.');

/** Sends requests to `app` without a socket, from an address of their own. */
export const callerOf = (app: NestFastifyApplication): TestApi['call'] => {
  const remoteAddress = anAddress();
  return async (line, { body, headers } = {}) => {
    const [method = '', url = ''] = line.split(' ');
    const response = await app.inject({ method: method as 'GET', url, payload: body, headers, remoteAddress });
    const isJson = /json/.test(String(response.headers['content-type'])) && response.body !== '';
    return {
      status: response.statusCode,
      headers: response.headers,
      body: isJson ? response.json<Record<string, unknown>>() : undefined,
      text: response.body,
    };
  };
};

const signIn = async (call: TestApi['call']): Promise<string> => {
  const { status, body, text } = await call('POST /v1/sessions', {
    body: { email: ADMIN.ADMIN_EMAIL, password: ADMIN.ADMIN_PASSWORD },
  });
  if (status !== 201) throw new Error(`The administrator could not sign in: ${text}`);
  return String(body?.['accessToken']);
};
