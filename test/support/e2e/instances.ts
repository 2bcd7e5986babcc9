import { jest } from '@jest/globals';
import type { Answer, Sent } from '../api.js';
import { type Call, bearer, type Role, tokenOf } from './accounts.js';
import type { ApiDocument } from './api.document.js';
import { Contract } from './contract.js';
import { anAgent, closeConnections, sendTo } from './http.js';
import { recordEnd, recordReached } from './reached.js';
import { oncePerRun } from './run.folder.js';

// A test may have to wait for a minute until it is let in again.
jest.setTimeout(90_000);

const URLS = (process.env['E2E_URLS'] ?? '').split(',').filter((url) => url.trim() !== '');

/** One API under test. Every answer is held against its OpenAPI document, and what breaks it is thrown at the test that got it. */
export class Instance {
  readonly #agent = anAgent();

  constructor(
    readonly url: string,
    private readonly contract: Contract,
    private readonly spec: string,
  ) {}

  /** Sends a request such as `GET /v1/products/a`, as nobody. */
  readonly call: Call = async (line: string, sent: Sent = {}): Promise<Answer> => {
    const answer = await sendTo(this.url, line, sent, this.#agent);
    const route = this.contract.check(line, answer);
    if (route !== undefined) recordReached(this.spec, route, answer.status);
    return answer;
  };

  /** The same as somebody with this role, or with this access token. */
  as(who: Role | { readonly accessToken: string }): Call {
    return async (line, { body, headers } = {}) => {
      const token = typeof who === 'string' ? await tokenOf(this.call, who) : who.accessToken;
      return this.call(line, { body, headers: { ...bearer(token), ...headers } });
    };
  }
}

/** What a spec runs against: `E2E_URLS`, else two APIs in its own process. */
export interface Instances {
  /** Where clients come in: the first URL, a proxy where there is one. */
  readonly entry: Instance;
  /** Two instances over the same servers; of a single URL both are that one. */
  readonly first: Instance;
  readonly second: Instance;
  readonly document: ApiDocument;
}

/** The instances under test for this spec. `closeInstances` at the end. */
export const theInstances = async (spec: string): Promise<Instances> => {
  const urls = URLS.length > 0 ? URLS : await (await import('./in.process.js')).startInProcess(2);
  const [entry = ''] = urls;
  const [first = entry, second = entry] = urls.slice(-2);
  const document = await oncePerRun('document', () => documentOf(entry));
  const contract = new Contract(document);
  const instance = (url: string): Instance => new Instance(url, contract, spec);
  return { entry: instance(entry), first: instance(first), second: instance(second), document };
};

/** Closes what this spec has opened, and says that it has asked all that it asks. */
export const closeInstances = async (spec: string): Promise<void> => {
  recordEnd(spec);
  closeConnections();
  if (URLS.length === 0) await (await import('./in.process.js')).stopInProcess();
};

const documentOf = async (url: string): Promise<ApiDocument> => {
  const { status, body, text } = await sendTo(url, 'GET /docs-json');
  if (status !== 200) throw new Error(`${url}/docs-json answered ${status}: ${text}`);
  return body as unknown as ApiDocument;
};
