import { ImportedProduct } from '@larder/shop';
import { Random } from './random.js';
import { ASSORTMENT, COLOURS, SERIES, type Kind, type Shelf } from './sample.assortment.js';

/** How many products the sample catalogue has. */
export const SAMPLE_SIZE = 2_000;

const SEED = 20_260_101;
const ENDINGS_IN_CENTS = [0, 49, 90, 95, 99] as const;
const FINISHES = [
  'Wipe clean with a damp cloth.',
  'Finished by hand.',
  'Comes ready to use.',
  'Made to be repaired.',
] as const;

const capitalised = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

const priceOf = ({ price: [min, max] }: Kind, random: Random): number => {
  // Squared, so that cheap things are more frequent than dear ones, as in a real shop.
  const dollars = min + Math.floor((max - min) * random.fraction() ** 2);
  return dollars * 100 + random.one(ENDINGS_IN_CENTS);
};

const stockOf = (random: Random): number => {
  if (random.happens(0.05)) return 0;
  return random.happens(0.15) ? random.whole(1, 9) : random.whole(10, 500);
};

const productOf = (number: number, { category, kinds }: Shelf, random: Random): ImportedProduct => {
  const kind = random.one(kinds);
  const series = random.one(SERIES);
  const material = random.one(kind.materials);
  const colour = random.one(COLOURS);
  const id = `p-${String(number).padStart(4, '0')}`;
  return ImportedProduct.parse({
    id,
    sku: `${category.slice(0, 3).toUpperCase()}-${series.slice(0, 3).toUpperCase()}-${String(number).padStart(4, '0')}`,
    name: `${series} ${kind.noun}, ${colour}`,
    description: `${capitalised(material)} in ${colour}. Made for ${kind.use}. ${random.one(FINISHES)}`,
    category,
    categories: kind.also !== undefined && random.happens(0.6) ? [kind.also] : [],
    price: { amount: priceOf(kind, random), currency: 'USD' },
    thumbnail: random.happens(0.9) ? `/images/${id}.webp` : null,
    attributes: {
      material,
      colour,
      widthCm: random.whole(8, 180),
      heightCm: random.whole(2, 210),
      madeToOrder: random.happens(0.08),
    },
    stock: stockOf(random),
  });
};

/** The sample catalogue: 2,000 products in 12 categories, the same every time. */
export const sampleCatalogue = (): ImportedProduct[] => {
  const random = new Random(SEED);
  return Array.from({ length: SAMPLE_SIZE }, (_, index) =>
    productOf(index + 1, ASSORTMENT[index % ASSORTMENT.length] ?? ASSORTMENT[0], random),
  );
};
