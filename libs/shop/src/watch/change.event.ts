import type { Watch, WatchedChange } from './watch.js';

type Stage = Record<string, unknown>;

/** What is left of a change event after `stagesOf`: never a value of a field, but of those that a watch looks at. */
export interface ChangeEvent {
  readonly operationType: string;
  readonly ns?: { readonly coll?: string };
  readonly to?: { readonly coll?: string };
  readonly documentKey?: { readonly _id: unknown };
  readonly fullDocument?: Readonly<Record<string, unknown>> | null;
  readonly fullDocumentBeforeChange?: Readonly<Record<string, unknown>> | null;
  readonly set?: readonly string[];
  readonly unset?: readonly string[];
  readonly cut?: readonly string[];
}

const KINDS: Readonly<Record<string, WatchedChange['kind']>> = {
  insert: 'made',
  update: 'changed',
  replace: 'changed',
  delete: 'removed',
};

/** Leaves of a database's change stream what these watches look at. The end of the stream itself passes too. */
export const stagesOf = (watches: readonly Watch[]): Stage[] => {
  const collections = { $in: watches.map(({ collection }) => collection) };
  const fields = new Set(watches.flatMap(({ images }) => images));
  const images = [...fields].flatMap((field) => [`fullDocument.${field}`, `fullDocumentBeforeChange.${field}`]);
  const namesOf = (list: object, name: string): object => ({ $map: { input: list, in: `$$this.${name}` } });
  const orNone = (field: string, none: unknown): object => ({ $ifNull: [`$updateDescription.${field}`, none] });
  return [
    { $match: { $or: [{ 'ns.coll': collections }, { 'to.coll': collections }, { operationType: 'invalidate' }] } },
    {
      $project: {
        operationType: 1,
        'ns.coll': 1,
        'to.coll': 1,
        'documentKey._id': 1,
        ...Object.fromEntries(images.map((path) => [path, 1])),
        set: namesOf({ $objectToArray: orNone('updatedFields', {}) }, 'k'),
        unset: orNone('removedFields', []),
        cut: namesOf(orNone('truncatedArrays', []), 'field'),
      },
    },
  ];
};

const touchedBy = ({ operationType, set = [], unset = [], cut = [] }: ChangeEvent): Set<string> | undefined => {
  if (operationType !== 'update') return undefined;
  return new Set([...set, ...unset, ...cut].map((path) => path.split('.', 1)[0] ?? path));
};

/** The write to one document that an event tells of; `undefined` when it tells of a whole collection. */
export const changeIn = (event: ChangeEvent): WatchedChange | undefined => {
  const kind = KINDS[event.operationType];
  const id = event.documentKey?._id;
  if (!kind || typeof id !== 'string') return undefined;
  return {
    kind,
    id,
    before: event.fullDocumentBeforeChange ?? undefined,
    after: event.fullDocument ?? undefined,
    touched: touchedBy(event),
  };
};
