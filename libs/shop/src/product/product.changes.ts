import type { AnyBulkWriteOperation, PipelineStage } from 'mongoose';
import type { Attributes } from './attributes.js';
import type { Price } from '../pricing/price.js';
import type { OutboxEntry, ProductDocument } from './product.document.js';

type Versioned = Omit<ProductDocument, '_id' | 'version' | 'updatedAt' | 'outbox' | 'views' | 'log'>;

/** New values of some fields of a product, each replacing the whole of the old one. */
export type ProductFields = { [Field in keyof Versioned]?: Versioned[Field] };

/** The same attributes in one order of names, so that equal ones are equal to MongoDB too. */
export const inOrder = (attributes: Attributes): Attributes =>
  Object.fromEntries(Object.entries(attributes).sort(([a], [b]) => (a < b ? -1 : 1)));

const namesOf = (fields: ProductFields): (keyof ProductFields)[] => Object.keys(fields) as (keyof ProductFields)[];

/**
 * An update that sets these fields, and only where one of them differs raises the version, dates the product, and, for
 * another price, puts one entry into the outbox: all decided by MongoDB in one atomic write.
 */
export const changePipeline = (fields: ProductFields, at: Date): PipelineStage.Set[] => {
  // as literals, so that text such as "$name" is text
  const literals = Object.fromEntries(namesOf(fields).map((name) => [name, { $literal: fields[name] }]));
  const differs = (name: string) => ({ $ne: [`$${name}`, literals[name]] });
  const where = (condition: object, then: unknown, otherwise: unknown) => ({ $cond: [condition, then, otherwise] });
  const anyDiffers = { $or: namesOf(fields).map(differs) };
  const next = { $add: ['$version', 1] };
  const entry = {
    id: { $concat: ['$_id', ':', { $toString: next }] },
    price: literals['price'],
    previous: '$price',
    at,
    version: next,
  };
  const outbox = where(differs('price'), { $concatArrays: ['$outbox', [entry]] }, '$outbox');
  return [
    {
      $set: {
        ...literals,
        version: where(anyDiffers, next, '$version'),
        updatedAt: where(anyDiffers, at, '$updatedAt'),
        ...(fields.price ? { outbox } : {}),
      },
    },
  ];
};

const isOther = (before: unknown, after: unknown): boolean => JSON.stringify(before) !== JSON.stringify(after);

/** Whether these fields would change the product, by the same rule as `changePipeline`. */
export const wouldChange = (before: ProductDocument, fields: ProductFields): boolean =>
  namesOf(fields).some((name) => isOther(before[name], fields[name]));

/** The product as `changePipeline` leaves it. */
export const changed = (before: ProductDocument, fields: ProductFields, at: Date): ProductDocument =>
  wouldChange(before, fields) ? { ...before, ...fields, version: before.version + 1, updatedAt: at } : before;

const outboxEntry = (before: ProductDocument, price: Price, at: Date): OutboxEntry => {
  const version = before.version + 1;
  return { id: `${before._id}:${version}`, price, previous: before.price, at, version };
};

/**
 * The same change as one line of a bulk write, for a product read in the same transaction and by a caller who knows that
 * it changes.
 */
export const changeOperation = (
  before: ProductDocument,
  fields: ProductFields,
  at: Date,
): AnyBulkWriteOperation<ProductDocument> => {
  const version = before.version + 1;
  const differing = Object.fromEntries(
    namesOf(fields)
      .filter((name) => isOther(before[name], fields[name]))
      .map((name) => [name, fields[name]]),
  ) as ProductFields;
  const entry = differing.price && outboxEntry(before, differing.price, at);
  return {
    updateOne: {
      filter: { _id: before._id, version: before.version },
      update: {
        $set: { ...differing, updatedAt: at, version },
        ...(entry ? { $push: { outbox: entry } } : {}),
      },
    },
  };
};
