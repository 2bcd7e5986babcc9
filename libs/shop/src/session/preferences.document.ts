import { Schema } from 'mongoose';
import { WITH_PRE_IMAGES } from '../database/pre-images.js';
import type { Preferences } from './preferences.js';

/** The name of the model of preferences. */
export const PREFERENCES = 'Preferences';

/** The preferences of the user with this id, made with the first; `log.applied` is the last position of the write log. */
export interface PreferencesDocument {
  _id: string;
  values: Preferences;
  version: number;
  log: { applied: number };
}

export const PreferencesSchema = new Schema<PreferencesDocument>(
  {
    _id: { type: String, required: true },
    values: { type: Schema.Types.Mixed, default: () => ({}) },
    version: { type: Number, required: true },
    log: new Schema({ applied: { type: Number, default: 0 } }, { _id: false }),
  },
  { collection: 'preferences', collectionOptions: WITH_PRE_IMAGES, versionKey: false, strict: 'throw' },
);
