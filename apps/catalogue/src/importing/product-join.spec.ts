import { ImportedProduct } from '@larder/shop';
import { ProductJoin } from './product-join.js';

const rowOf = (line: number, id: string, category: string, amount = 100) => ({
  line,
  raw: `row ${line}`,
  product: ImportedProduct.parse({ id, sku: id, name: `name ${line}`, category, price: { amount, currency: 'SAR' } }),
});

const join = (...rows: ReturnType<typeof rowOf>[]) => {
  const joining = new ProductJoin();
  const rejected = rows.map((row) => joining.add(row)).filter((row) => row !== undefined);
  return { rejected, products: [...joining.products()] };
};

describe('joining the rows of a product', () => {
  it('makes one product of rows in several categories: the first row gives the rest and the primary category', () => {
    const { products, rejected } = join(
      rowOf(2, 'a', 'Beds'),
      rowOf(3, 'b', 'Chairs'),
      rowOf(9, 'a', 'Nursery'),
      rowOf(11, 'a', 'BEDS'),
    );

    expect(rejected).toEqual([]);
    expect(products.map(({ product }) => product)).toMatchObject([
      { id: 'a', name: 'name 2', category: 'Beds', categories: ['Nursery'] },
      { id: 'b', name: 'name 3', category: 'Chairs', categories: [] },
    ]);
    expect(products[0]?.origins.map(({ line }) => line)).toEqual([2, 9]);
  });

  it('rejects the later of two rows that disagree about the price', () => {
    const { products, rejected } = join(rowOf(2, 'a', 'Beds', 100), rowOf(3, 'a', 'Chairs', 101));

    expect(rejected).toMatchObject([{ line: 3, raw: 'row 3', reason: expect.stringContaining('line 2') as string }]);
    expect(products).toMatchObject([{ product: { categories: [], price: { amount: 100 } } }]);
  });

  it('rejects the rows past the most categories that a product has', () => {
    const { products, rejected } = join(
      ...Array.from({ length: 23 }, (_, index) => rowOf(index + 2, 'a', `Category ${index}`)),
    );

    expect(rejected.map(({ line }) => line)).toEqual([23, 24]);
    expect(products[0]?.product.categories).toHaveLength(20);
    expect(ImportedProduct.safeParse(products[0]?.product).success).toBe(true);
  });
});
