/** Which library a part may import, by `@larder/<library>`. `test` and `bench` may import everything. */
export const LAYERS = {
  apps: ['shop', 'caching', 'config', 'process', 'local-servers'],
  shop: ['caching'],
  caching: [],
  config: [],
  process: ['config'],
  'local-servers': [],
};

/** The folders and files of `libs/caching/src` from the bottom up: each may import what is in a lower layer. */
export const CACHING_LAYERS = [
  ['region', 'events', 'caching.options.ts', 'errors.ts'],
  ['topology'],
  ['stores'],
  ['coherence'],
  ['cache'],
  ['write-behind', 'cache-ahead', 'monitoring'],
  ['strategies'],
  ['caching.module.ts', 'index.ts'],
];

/** The longest file, in lines. */
export const LONGEST_FILE = 300;
