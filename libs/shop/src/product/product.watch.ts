import { categoryTag } from '../category/category.js';
import { productsOfCategory } from '../category/category.regions.js';
import { untrueBelow, type Image, type Watch } from '../watch/watch.js';
import { productById, relatedTo } from './product.regions.js';

const slugsIn = (image: Image | undefined): string[] => {
  const slugs = image?.['categories'];
  return Array.isArray(slugs) ? slugs.filter((slug) => typeof slug === 'string') : [];
};

/** A changed product is untrue itself, and so is every list that shows it before or after; unknown lists are all lists. */
export const productWatch: Watch = {
  collection: 'products',
  marks: ['views', 'outbox', 'log'],
  images: ['version', 'categories'],
  regions: [productById, productsOfCategory, relatedTo],
  notice: (change, untruths) => {
    const { kind, id, before, after } = change;
    untruths.value(productById, { id }, untrueBelow(change));
    for (const slug of [...slugsIn(before), ...slugsIn(after)]) untruths.tag(categoryTag(slug));
    const isUnknown = (kind !== 'made' && !before) || (kind !== 'removed' && !after);
    if (isUnknown) for (const region of [productsOfCategory, relatedTo]) untruths.region(region);
  },
};
