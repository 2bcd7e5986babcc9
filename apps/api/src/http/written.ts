import type { Change } from '@larder/caching';

/** The image after a change that leaves one. */
export const written = <T>({ after }: Change<T>): T => {
  if (after === null) throw new TypeError('a change that has to leave an image left none');
  return after;
};
