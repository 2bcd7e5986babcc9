import { NearStore } from '../../libs/caching/src/stores/near.store.js';
import { storeContract } from './store.contract.js';

const open: NearStore[] = [];

afterEach(() => open.splice(0).forEach((store) => store.close()));

storeContract('the near store', () => {
  const store = new NearStore({ maxEntries: 100, maxBytes: 1_048_576 });
  open.push(store);
  return Promise.resolve(store);
});
