import { Coherence } from '../../libs/caching/src/coherence/coherence.js';
import { SharedStore } from '../../libs/caching/src/stores/shared.store.js';

/** A fault put into the cache on purpose, for a checker to find. */
export type Breakage = 'none' | 'fill without a lease' | 'deaf to the bus';

/** Puts it in, and answers how to take it out again. */
export const breakBy = (breakage: Breakage): (() => void) => {
  const { lease, fill } = SharedStore.prototype;
  const { heard } = Coherence.prototype;
  if (breakage === 'fill without a lease') {
    SharedStore.prototype.fill = async function (this: SharedStore, name, _token, envelope) {
      const fresh = await lease.call(this, name);
      return fill.call(this, name, fresh.kind === 'granted' ? fresh.token : _token, envelope);
    };
  }
  if (breakage === 'deaf to the bus') Coherence.prototype.heard = () => undefined;
  return () => {
    SharedStore.prototype.fill = fill;
    Coherence.prototype.heard = heard;
  };
};
