import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import { MongoSink, type PendingWrite, type SinkUpdate } from '@larder/caching';
import type { Model } from 'mongoose';
import { PREFERENCES, type PreferencesDocument } from './preferences.document.js';
import { patched, type Preferences, type PreferencesPatch } from './preferences.js';

const PATH = 'values.';

/** Where preferences end: one document a user, made with the first of them. */
@Injectable()
export class PreferencesSink extends MongoSink<Preferences> {
  protected override readonly isMaking = true;

  constructor(@InjectModel(PREFERENCES) preferences: Model<PreferencesDocument>) {
    super(() => preferences.collection);
  }

  override overlaid(value: Preferences, { set }: PendingWrite): Preferences {
    const patch = Object.entries(set).map(([path, given]) => [path.slice(PATH.length), given]);
    return patched(value, Object.fromEntries(patch) as PreferencesPatch);
  }

  /** What was taken back leaves the document. */
  protected override updateOf(write: PendingWrite): SinkUpdate {
    const isGone = (value: unknown): boolean => value === null;
    const set = Object.fromEntries(Object.entries(write.set).filter(([, value]) => !isGone(value)));
    const gone = Object.keys(write.set).filter((path) => isGone(write.set[path]));
    const { updateOne } = super.updateOf({ ...write, set });
    if (gone.length === 0) return { updateOne };
    const $unset = Object.fromEntries(gone.map((path) => [path, '']));
    return { updateOne: { ...updateOne, update: { ...(updateOne.update as object), $unset } } };
  }
}

/** The path of a preference in its document. */
export const pathOf = (name: string): string => `${PATH}${name}`;
