import { Injectable } from '@nestjs/common';
import {
  behind,
  Cache,
  WriteBehind,
  WriteBehindLog,
  WriteUnknownError,
  type BehindWrite,
  type Json,
} from '@larder/caching';
import { inOrder } from './product.changes.js';
import type { ProductEdit, ProductEditReport } from './product.edit.js';
import { ProductNotFoundError } from './product.errors.js';
import { productById } from './product.regions.js';
import { ProductSink } from './product.sink.js';

/** What became of an edit: accepted, of no product, or neither, for a reason that is not its own. */
type Outcome =
  { readonly write: BehindWrite } | { readonly absent: ProductNotFoundError } | { readonly fault: unknown };

/** A batch of views is sent again for a second at most. */
const VIEWS_KEPT_MS = 300_000;

const keyOf = (id: string): { id: string } => ({ id });

/** The fields given, by their names in the document. */
const fieldsOf = ({ name, description, thumbnail, attributes }: ProductEdit): Record<string, Json> => ({
  ...(name !== undefined && { name }),
  ...(description !== undefined && { description }),
  ...(thumbnail !== undefined && { thumbnail }),
  ...(attributes !== undefined && { attributes: inOrder(attributes) }),
});

/** What a batch is told by, of which some failed: whether it is known that nothing of it was accepted. */
const faultOf = (outcomes: readonly Outcome[], fault: unknown): unknown => {
  const isUnknown = (outcome: Outcome): boolean =>
    'write' in outcome || ('fault' in outcome && outcome.fault instanceof WriteUnknownError);
  return outcomes.some(isUnknown) && !(fault instanceof WriteUnknownError) ? new WriteUnknownError(fault) : fault;
};

/** Changes of products that are written behind: acknowledged by the log, shown at once, in MongoDB within seconds. */
@Injectable()
export class ProductEditService {
  constructor(
    private readonly cache: Cache,
    private readonly log: WriteBehindLog,
  ) {}

  /**
   * Edits a product behind. With `writeKey` it takes effect once, however often it is sent within a day. Whoever knows that
   * there is such a product says so.
   * @throws {ProductNotFoundError} no such product; nothing was accepted
   */
  @WriteBehind(productById, { key: keyOf, sink: ProductSink })
  async edit(id: string, edit: ProductEdit, writeKey?: string, isKnown = false): Promise<BehindWrite> {
    if (!isKnown && !(await this.isThere(id))) throw new ProductNotFoundError(id);
    return behind(
      { set: { ...fieldsOf(edit), updatedAt: new Date().toISOString() } },
      writeKey === undefined ? {} : { id: writeKey },
    );
  }

  /** Adds to the views of a product; `batch` names this addition, so that it may be sent again. */
  @WriteBehind(productById, { key: keyOf, sink: ProductSink, isUnseen: true })
  countViews(_id: string, views: number, batch: string): Promise<BehindWrite> {
    return Promise.resolve(behind({ add: { views } }, { id: batch, idKeptMs: VIEWS_KEPT_MS }));
  }

  /**
   * Edits products in the order given. An edit of an absent product is one of `failed` and stops none of the others.
   * @throws {WriteUnknownError} for want of the log or of MongoDB; some may be accepted: send all again, with the same key
   * @throws {WriteLogUnavailableError} {@link WriteLogFullError} or what keeps MongoDB from answering: nothing was accepted
   */
  async editMany(edits: readonly ProductEdit[], writeKey?: string): Promise<ProductEditReport> {
    const outcomes = await this.outcomesOf(edits, writeKey);
    const accepted: ProductEditReport['accepted'][number][] = [];
    const failed: ProductEditReport['failed'][number][] = [];
    let durability: ProductEditReport['durability'] = 'durable';
    for (const [index, outcome] of outcomes.entries()) {
      const productId = edits[index]?.productId ?? '';
      if ('fault' in outcome) throw faultOf(outcomes, outcome.fault);
      if ('absent' in outcome) failed.push({ productId, status: 404, detail: outcome.absent.message });
      else {
        const { writeId, durability: reached } = outcome.write.accepted;
        accepted.push({ productId, writeId });
        durability = reached;
      }
    }
    return { accepted, failed, durability };
  }

  /** Edits of one product one after the other, none after one that may have to be sent again; those of several at once. */
  private async outcomesOf(edits: readonly ProductEdit[], writeKey: string | undefined): Promise<Outcome[]> {
    const known = await this.known(edits);
    const last = new Map<string, Promise<Outcome>>();
    return Promise.all(
      edits.map((edit, index) => {
        const key = writeKey === undefined ? undefined : `${writeKey}:${index}`;
        const before = last.get(edit.productId);
        const next = (): Promise<Outcome> => this.outcomeOf(edit, key, known.has(edit.productId));
        const outcome = before ? before.then((earlier) => ('fault' in earlier ? earlier : next())) : next();
        last.set(edit.productId, outcome);
        return outcome;
      }),
    );
  }

  private async outcomeOf(edit: ProductEdit, writeKey: string | undefined, isKnown: boolean): Promise<Outcome> {
    try {
      return { write: await this.edit(edit.productId, edit, writeKey, isKnown) };
    } catch (error) {
      return error instanceof ProductNotFoundError ? { absent: error } : { fault: error };
    }
  }

  /** Which products of a batch are there, read together; should that fail, each edit finds out for itself. */
  private async known(edits: readonly ProductEdit[]): Promise<Set<string>> {
    const ids = [...new Set(edits.map(({ productId }) => productId))];
    if (ids.length < 2) return new Set();
    const products = await this.cache.readMany(productById, ids.map(keyOf)).catch(() => []);
    return new Set(ids.filter((_, index) => (products[index] ?? null) !== null));
  }

  /** Whether there is such a product. While MongoDB is away, one that has pending edits is known to be there. */
  private async isThere(id: string): Promise<boolean> {
    try {
      return (await this.cache.read(productById, { id })) !== null;
    } catch (error) {
      const [pending = []] = await this.log.pending(productById, [{ id }]).catch(() => {
        throw error; // of the two the source's says what is wrong
      });
      if (pending.some(({ isDelete, set }) => !isDelete && Object.keys(set).length > 0)) return true;
      throw error;
    }
  }
}
