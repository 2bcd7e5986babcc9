import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import { MongoSink, type PendingWrite, type SinkUpdate } from '@larder/caching';
import type { Model } from 'mongoose';
import { PREFERENCES, type PreferencesDocument } from './preferences.document.js';
import { byName, MOST_PREFERENCES, patchedWithin, type Preferences, type PreferencesPatch } from './preferences.js';

const PATH = 'values.';

/** Where preferences end: one document a user, made with the first of them. */
@Injectable()
export class PreferencesSink extends MongoSink<Preferences> {
  protected override readonly isMaking = true;

  constructor(@InjectModel(PREFERENCES) preferences: Model<PreferencesDocument>) {
    super(() => preferences.collection);
  }

  override overlaid(value: Preferences, { set }: PendingWrite): Preferences {
    return patchedWithin(value, patchIn(set));
  }

  /**
   * What was taken back leaves the document. Each change was within the limit where it was accepted; those of several
   * instances at once may not be together, so it is looked at here as well.
   */
  protected override updateOf(write: PendingWrite): SinkUpdate {
    const { filter, upsert } = super.updateOf(write).updateOne;
    const patch = byName(patchIn(write.set));
    const gone = patch.flatMap(([name, value]) => (value === null ? [name] : []));
    const given = patch.flatMap(([k, v]) => (v === null ? [] : [{ k, v }]));
    const isThere = { $in: ['$$this.k', '$$left.k'] };
    const room = { $max: [0, { $subtract: [MOST_PREFERENCES, { $size: '$$left' }] }] };
    const values = {
      $let: {
        vars: {
          left: of(
            { $objectToArray: { $ifNull: ['$values', {}] } },
            { $not: { $in: ['$$this.k', { $literal: gone }] } },
          ),
        },
        in: {
          $arrayToObject: {
            $concatArrays: [
              '$$left',
              of({ $literal: given }, isThere),
              { $slice: [of({ $literal: given }, { $not: isThere }), room] },
            ],
          },
        },
      },
    };
    const version = { $add: [{ $ifNull: ['$version', 0] }, 1] };
    const update = [{ $set: { values, version, 'log.applied': write.last } }];
    return { updateOne: { filter, update, ...(upsert !== undefined && { upsert }) } };
  }
}

const patchIn = (set: PendingWrite['set']): PreferencesPatch =>
  Object.fromEntries(Object.entries(set).map(([path, given]) => [path.slice(PATH.length), given])) as PreferencesPatch;

/** What of a list meets a condition, as MongoDB reads it. */
const of = (input: object, cond: object): object => ({ $filter: { input, cond } });

/** The path of a preference in its document. */
export const pathOf = (name: string): string => `${PATH}${name}`;
