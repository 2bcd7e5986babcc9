import type { Watch } from '../watch/watch.js';
import { categoryTag } from './category.js';
import { CATEGORY_INDEX_KEY, productsOfCategory } from './category.regions.js';

/** A category that comes, goes or is renamed: its pages, also those that said that there is none, and the index of categories. */
export const categoryWatch: Watch = {
  collection: 'categories',
  marks: ['productCount', 'fence'],
  images: [],
  regions: [productsOfCategory],
  notice: ({ id }, untruths) => {
    untruths.tag(categoryTag(id));
    untruths.nestKey(CATEGORY_INDEX_KEY);
  },
};
