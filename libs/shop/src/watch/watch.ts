import type { Untruths } from './untruths.js';

/** What of a document a watch may look at: what it named in `images`. */
export type Image = Readonly<Record<string, unknown>>;

/** One write to a document of a watched collection, whoever made it. */
export interface WatchedChange {
  readonly kind: 'made' | 'changed' | 'removed';
  readonly id: string;
  /** The document before, where there was one and MongoDB still has its image. */
  readonly before: Image | undefined;
  /** The document after, where there is one and MongoDB still has its image. */
  readonly after: Image | undefined;
  /** The fields that were changed; `undefined` when all may have been. */
  readonly touched: ReadonlySet<string> | undefined;
}

/** What the changes of a collection make untrue. */
export interface Watch {
  readonly collection: string;
  /** Fields that no cached value shows: a change of these alone makes nothing untrue. */
  readonly marks: readonly string[];
  /** The fields of the images that `notice` looks at. */
  readonly images: readonly string[];
  /** Every region that shows the collection: all of it is untrue when changes may have been missed. */
  readonly regions: readonly { readonly name: string }[];
  /** Says what a change made untrue; not asked about marks. */
  readonly notice: (change: WatchedChange, untruths: Untruths) => void;
}

/** Whether a change is of more than marks. */
export const isOfValue = ({ touched }: WatchedChange, { marks }: Watch): boolean =>
  touched === undefined || [...touched].some((field) => !marks.includes(field));

const versionIn = (image: Image | undefined): number => {
  const version = image?.['version'];
  return typeof version === 'number' ? version : 0;
};

/**
 * Below which version cached values are untrue after a change; 0 is all of them: a foreign program may have changed a
 * document without raising its version, and without an image nobody knows.
 */
export const untrueBelow = ({ kind, before, after }: WatchedChange): number => {
  const [old, next] = [versionIn(before), versionIn(after)];
  if (kind === 'made') return next;
  if (kind === 'removed') return old === 0 ? 0 : old + 1;
  return old > 0 && next > old ? next : 0;
};
