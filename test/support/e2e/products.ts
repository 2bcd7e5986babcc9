import { randomBytes } from 'node:crypto';
import type { Answer } from '../api.js';
import type { Instance } from './instances.js';

/** An id that nobody else has, recognisable by `what`. */
export const anId = (what = 'thing'): string => `e2e-${what}-${randomBytes(6).toString('hex')}`;

/** The body that makes a product under an id of its own; `more` replaces members. */
export const aDraft = (more: object = {}): { readonly id: string } & Readonly<Record<string, unknown>> => {
  const id = anId();
  return {
    id,
    sku: `sku-${id}`,
    name: `The ${id}`,
    category: 'End-to-end things',
    price: { amount: 1_000, currency: 'USD' },
    stock: 5,
    ...more,
  };
};

/** What came back for a product that was made, and its id. */
export interface Made extends Answer {
  readonly id: string;
}

/** Makes a product. @throws {Error} it was refused */
export const aProduct = async (at: Instance, more: object = {}): Promise<Made> => {
  const draft = aDraft(more);
  const answer = await at.as('merchandiser')('POST /v1/admin/products', { body: draft });
  if (answer.status !== 201) throw new Error(`${draft.id} was not made: ${answer.text}`);
  return { ...answer, id: draft.id };
};

/** The `Larder-Position` of a write, to be sent with a read that has to see it. */
export const positionOf = ({ headers }: Answer): { 'larder-position': string } => ({
  'larder-position': String(headers['larder-position']),
});
