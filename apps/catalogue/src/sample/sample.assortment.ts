/** A kind of thing that the sample shop sells. */
export interface Kind {
  readonly noun: string;
  /** Whole dollars. */
  readonly price: readonly [min: number, max: number];
  readonly materials: readonly [string, ...string[]];
  /** Completes "Made for …". */
  readonly use: string;
  /** A second category that it is often found in. */
  readonly also?: string;
}

/** A category of the sample shop and what is in it. */
export interface Shelf {
  readonly category: string;
  readonly kinds: readonly [Kind, ...Kind[]];
}

type KindLine = readonly [noun: string, min: number, max: number, materials: string, use: string, also?: string];

const shelf = (category: string, ...lines: readonly [KindLine, ...KindLine[]]): Shelf => {
  const kindOf = ([noun, min, max, materials, use, also]: KindLine): Kind => ({
    noun,
    price: [min, max],
    materials: materials.split(', ') as [string, ...string[]],
    use,
    ...(also !== undefined && { also }),
  });
  const [first, ...others] = lines;
  return { category, kinds: [kindOf(first), ...others.map(kindOf)] };
};

/** The twelve categories. One has an accent and two an ampersand, as real ones do. */
export const ASSORTMENT: readonly [Shelf, ...Shelf[]] = [
  shelf(
    'Kitchen',
    ['Saucepan', 29, 119, 'steel, copper, aluminium', 'sauces and small portions'],
    ['Chef’s Knife', 24, 189, 'carbon steel, stainless steel', 'everything that needs a clean cut'],
    ['Cutting Board', 15, 79, 'beech, acacia, bamboo', 'bread, meat and vegetables', 'Tableware'],
    ['Mixing Bowl', 9, 45, 'glass, steel, stoneware', 'doughs, batters and salads'],
    ['Kettle', 25, 129, 'steel, enamel, glass', 'tea for two or ten'],
  ),
  shelf(
    'Tableware',
    ['Dinner Plate', 6, 38, 'porcelain, stoneware', 'every day and the odd feast'],
    ['Wine Glass', 5, 42, 'crystal, glass', 'reds, whites and long evenings'],
    ['Carafe', 14, 68, 'glass, stoneware', 'water, juice or wine', 'Kitchen'],
    ['Serving Tray', 12, 59, 'oak, ash, steel', 'breakfast in any room'],
  ),
  shelf(
    'Lighting',
    ['Desk Lamp', 22, 159, 'steel, brass, aluminium', 'reading and late work', 'Office'],
    ['Pendant Lamp', 35, 289, 'glass, rattan, brass', 'the table where everybody meets'],
    ['Floor Lamp', 49, 329, 'oak, steel, linen', 'corners that want a glow'],
    ['Candle Holder', 8, 49, 'brass, stoneware, glass', 'slow evenings', 'Home Décor'],
  ),
  shelf(
    'Bedding',
    ['Duvet Cover', 29, 149, 'linen, cotton, lyocell', 'cool nights and warm ones'],
    ['Pillow', 15, 99, 'down, wool, latex', 'side and back sleepers'],
    ['Fitted Sheet', 14, 79, 'cotton, linen, jersey', 'mattresses up to 30 cm'],
    ['Quilted Throw', 35, 169, 'cotton, wool', 'the end of the bed', 'Textiles & Rugs'],
  ),
  shelf(
    'Bath',
    ['Bath Towel', 9, 49, 'cotton, linen', 'wet hair and bare feet', 'Textiles & Rugs'],
    ['Soap Dispenser', 8, 42, 'glass, stoneware, steel', 'basin or sink'],
    ['Shower Curtain', 15, 59, 'polyester, cotton', 'tubs and walk-in showers'],
    ['Laundry Basket', 19, 89, 'willow, bamboo, cotton', 'whites on one side, colours on the other', 'Storage'],
  ),
  shelf(
    'Storage',
    ['Shelf', 39, 299, 'oak, pine, steel', 'books, boxes and plants'],
    ['Storage Box', 7, 45, 'felt, bamboo, cardboard', 'what has no place yet', 'Office'],
    ['Coat Rack', 25, 149, 'beech, steel, oak', 'halls of any width'],
    ['Shoe Bench', 49, 229, 'oak, pine, bamboo', 'six pairs and a seat'],
  ),
  shelf(
    'Office',
    ['Desk', 119, 699, 'oak, walnut, birch', 'one screen or two'],
    ['Desk Chair', 89, 549, 'mesh, leather, wool', 'long days'],
    ['Notebook', 4, 29, 'paper, recycled paper', 'plans and second thoughts'],
    ['Letter Tray', 9, 49, 'steel, birch, felt', 'paper that still arrives', 'Storage'],
  ),
  shelf(
    'Garden',
    ['Planter', 12, 129, 'terracotta, zinc, fibre stone', 'herbs, shrubs and small trees', 'Home Décor'],
    ['Watering Can', 14, 69, 'zinc, steel', 'beds and balconies'],
    ['Pruning Shears', 15, 79, 'carbon steel, stainless steel', 'roses, hedges and fruit trees'],
    ['Garden Bench', 99, 449, 'teak, acacia, steel', 'the sunny side of the house', 'Outdoor & Camping'],
  ),
  shelf(
    'Outdoor & Camping',
    ['Camp Stove', 29, 189, 'aluminium, steel', 'two burners’ worth of supper'],
    ['Sleeping Mat', 25, 159, 'foam, nylon', 'cold ground'],
    ['Lantern', 18, 99, 'steel, aluminium', 'tents, porches and power cuts', 'Lighting'],
    ['Picnic Blanket', 19, 89, 'wool, cotton', 'meadows and beaches', 'Textiles & Rugs'],
  ),
  shelf(
    'Toys & Games',
    ['Building Blocks', 14, 79, 'beech, maple', 'towers from two years on'],
    ['Puzzle', 9, 49, 'cardboard, birch', 'rainy afternoons'],
    ['Board Game', 19, 79, 'cardboard, beech', 'two to six players'],
    ['Soft Toy', 9, 59, 'cotton, wool', 'small arms', 'Bedding'],
  ),
  shelf(
    'Textiles & Rugs',
    ['Rug', 49, 599, 'wool, jute, cotton', 'living rooms and halls'],
    ['Cushion', 12, 69, 'linen, wool, velvet', 'sofas and window seats', 'Home Décor'],
    ['Curtain', 25, 149, 'linen, cotton, velvet', 'tall windows'],
    ['Tea Towel', 5, 19, 'linen, cotton', 'glasses without lint', 'Kitchen'],
  ),
  shelf(
    'Home Décor',
    ['Vase', 12, 129, 'glass, stoneware, porcelain', 'one stem or an armful'],
    ['Wall Mirror', 35, 289, 'oak, brass, steel', 'halls, baths and bedrooms', 'Bath'],
    ['Picture Frame', 8, 59, 'oak, walnut, aluminium', 'prints up to 50 × 70 cm'],
    ['Wall Clock', 19, 119, 'oak, steel, cork', 'kitchens and offices', 'Office'],
  ),
];

/** The lines that things are named after. */
export const SERIES: readonly [string, ...string[]] = [
  ...(['Alder', 'Birke', 'Calla', 'Dune', 'Ember', 'Fjell', 'Grove', 'Harbor', 'Isle', 'Juniper'] as const),
  ...['Kestrel', 'Lund', 'Meadow', 'Nord', 'Orchard', 'Pebble', 'Quill', 'Ridge', 'Sable', 'Tarn'],
];

/** What things come in. */
export const COLOURS = [
  'white',
  'black',
  'sand',
  'moss',
  'rust',
  'slate',
  'ochre',
  'midnight blue',
  'natural',
] as const;
