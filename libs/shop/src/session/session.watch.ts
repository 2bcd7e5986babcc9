import { untrueBelow, type Watch } from '../watch/watch.js';
import { permissionsOfUser, sessionById, sessionsOfUserTag } from './session.regions.js';

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
  marks: ['refresh'],
  images: [],
  regions: [sessionById],
  notice: ({ id }, untruths) => untruths.value(sessionById, { id }),
};
