import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import { behind, Cache, ReadThrough, WriteBehind, type BehindWrite, type LoadContext } from '@larder/caching';
import type { Model } from 'mongoose';
import { PREFERENCES, type PreferencesDocument } from './preferences.document.js';
import { PreferencesLimitError } from './session.errors.js';
import { isWithinLimit, patched, type Preferences, type PreferencesPatch } from './preferences.js';
import { pathOf, PreferencesSink } from './preferences.sink.js';
import { preferencesOfUser } from './session.regions.js';

/** What users like: written behind, and alike on every instance within 100 ms. */
@Injectable()
export class PreferencesService {
  constructor(
    @InjectModel(PREFERENCES) private readonly preferences: Model<PreferencesDocument>,
    private readonly cache: Cache,
  ) {}

  /** The loader of the region; a user who never said anything likes nothing. */
  @ReadThrough(preferencesOfUser)
  async find({ userId }: { userId: string }, context?: LoadContext): Promise<Preferences> {
    const found = await this.preferences.findById(userId).lean<Partial<PreferencesDocument>>().exec();
    context?.applied(found?.log?.applied ?? 0);
    return found?.values ?? {};
  }

  /**
   * Changes the preferences named, and answers all of them.
   * @throws {PreferencesLimitError} they would be more than 50; nothing was accepted
   */
  async change(userId: string, patch: PreferencesPatch): Promise<Preferences> {
    const before = await this.cache.read(preferencesOfUser, { userId });
    const after = patched(before, patch);
    if (!isWithinLimit(before, after)) throw new PreferencesLimitError();
    await this.accept(userId, patch);
    return after;
  }

  /** Accepts new values; see `change`. */
  @WriteBehind(preferencesOfUser, { key: (userId: string) => ({ userId }), sink: PreferencesSink, whenFull: 'through' })
  accept(_userId: string, patch: PreferencesPatch): Promise<BehindWrite> {
    const set = Object.fromEntries(Object.entries(patch).map(([name, value]) => [pathOf(name), value]));
    return Promise.resolve(behind({ set }));
  }
}
