import { createHash, createHmac } from 'node:crypto';

/** A request that may come more than once. `target` is the full address, `route` the pattern that it matched. */
export interface RepeatableRequest {
  readonly principal: string;
  readonly route: string;
  readonly target: string;
  readonly key: string;
  readonly body: unknown;
}

/** Where the record of a request is, and what tells it from another request under the same key. */
export interface RequestIdentity {
  readonly id: string;
  readonly fingerprint: string;
}

/**
 * The identity of a request. Neither part tells the key or the body: the body is digested under the key, which is not kept,
 * so that a record of a registration is no way to guess its password.
 */
export const identityOf = ({ principal, route, target, key, body }: RepeatableRequest): RequestIdentity => ({
  id: createHash('sha256')
    .update(JSON.stringify([principal, route, key]))
    .digest('base64url'),
  fingerprint: createHmac('sha256', key)
    .update(JSON.stringify([target, sorted(body)]))
    .digest('base64url'),
});

/**
 * A key for the writes of a request, one among all requests and bodies: for work that is not undone with a transaction, and
 * must be told from another's under the same key for as long as either is known.
 */
export const writeKeyOf = (request: RepeatableRequest): string => {
  const { id, fingerprint } = identityOf(request);
  return createHash('sha256').update(`${id} ${fingerprint}`).digest('base64url').slice(0, 32);
};

// The order of an object's members says nothing in JSON.
const sorted = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).map(([name, member]): [string, unknown] => [name, sorted(member)]);
  return Object.fromEntries(members.sort(([one], [other]) => (one < other ? -1 : 1)));
};
