import { randomUUID } from 'node:crypto';
import type { LogConnection } from './log-connection.js';
import { logKeys } from './log-keys.js';
import { LogScript } from './log-script.js';

const scripts = { claim: new LogScript('claim-request'), end: new LogScript('end-request') };
/** As long as the log knows the ids of its writes, or a moment less: its record is made before they are. */
const KEPT_MS = 86_400_000;
/** A process that died over a request keeps others from it for so long. */
const CLAIM_MS = 3_000;

/** What is known of a request. */
export type RequestState =
  | { readonly state: 'claimed'; readonly token: string }
  | { readonly state: 'answered'; readonly answer: string }
  /** It is being carried out, or was by a process that died within the last 3 s. */
  | { readonly state: 'held' }
  /** Another request came under the same key. */
  | { readonly state: 'other' };

/**
 * The requests that were made of the log under keys of their callers, each with its answer for a day, durable as the log is.
 * The writes of a request have ids of their own, so carrying it out twice does no harm: a claim only keeps two from answering.
 */
export class LoggedRequests {
  constructor(private readonly connection: LogConnection) {}

  /**
   * Takes a request, whose `fingerprint` tells it from others under the same `id`.
   * @throws {WriteLogUnavailableError} nothing was done
   * @throws {WriteUnknownError} no answer in time: it may be claimed, for 3 s
   */
  async claim(id: string, fingerprint: string): Promise<RequestState> {
    const token = randomUUID();
    const values = [fingerprint, token, CLAIM_MS, KEPT_MS];
    const [state, answer = ''] = (await this.connection.write((client) =>
      scripts.claim.run(client, [logKeys.request(id)], values),
    )) as [RequestState['state'], string?];
    if (state === 'claimed') return { state, token };
    return state === 'answered' ? { state, answer } : { state };
  }

  /**
   * Ends a claim: with an answer; as undone, when nothing of it can have been accepted; else as tried.
   * @throws {WriteLogUnavailableError} {@link WriteUnknownError} it may go on for 3 s
   */
  async end(id: string, token: string, how: 'answered' | 'undone' | 'tried', answer = ''): Promise<void> {
    await this.connection.use((client) => scripts.end.run(client, [logKeys.request(id)], [token, how, answer]));
  }
}
