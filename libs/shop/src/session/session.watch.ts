import { untrueBelow, type Watch } from '../watch/watch.js';
import { permissionsOfUser, preferencesOfUser, sessionById, sessionsOfUserTag } from './session.regions.js';

/** A changed user: what the user may do, and every session that shows the user. */
export const userWatch: Watch = {
  collection: 'users',
  marks: ['passwordDigest'],
  images: ['version'],
  regions: [permissionsOfUser, sessionById],
  notice: (change, untruths) => {
    untruths.value(permissionsOfUser, { userId: change.id }, untrueBelow(change));
    untruths.tag(sessionsOfUserTag(change.id));
  },
};

/** A changed session. Its refresh token is shown nowhere. */
export const sessionWatch: Watch = {
  collection: 'sessions',
  marks: ['refresh', 'log'],
  images: [],
  regions: [sessionById],
  notice: ({ id }, untruths) => untruths.value(sessionById, { id }),
};

/** Changed preferences of a user. */
export const preferencesWatch: Watch = {
  collection: 'preferences',
  marks: ['log'],
  images: [],
  regions: [preferencesOfUser],
  notice: ({ id }, untruths) => untruths.value(preferencesOfUser, { userId: id }),
};
