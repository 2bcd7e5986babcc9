import { createHash, randomUUID } from 'node:crypto';
import { createConnection, type Connection, type Model } from 'mongoose';
import { afterCommit } from '../../libs/caching/src/coherence/write-scope.js';
import { CATEGORY, CategorySchema, type CategoryDocument } from '../../libs/shop/src/category/category.document.js';
import { CategoryRepository } from '../../libs/shop/src/category/category.repository.js';
import { ListingRepository } from '../../libs/shop/src/category/listing.repository.js';
import { Transactions } from '../../libs/shop/src/database/transactions.js';
import { InventoryRepository } from '../../libs/shop/src/inventory/inventory.repository.js';
import { STOCK, StockSchema, type StockDocument } from '../../libs/shop/src/inventory/stock.document.js';
import { OutboxRepository } from '../../libs/shop/src/pricing/outbox.repository.js';
import { PricingRepository } from '../../libs/shop/src/pricing/pricing.repository.js';
import { PRODUCT, ProductSchema, type ProductDocument } from '../../libs/shop/src/product/product.document.js';
import { ImportedProduct, ProductDraft } from '../../libs/shop/src/product/product.js';
import { ProductRepository } from '../../libs/shop/src/product/product.repository.js';
import { TOMBSTONE, TombstoneSchema, type TombstoneDocument } from '../../libs/shop/src/product/tombstone.document.js';
import { TombstoneRepository } from '../../libs/shop/src/product/tombstone.repository.js';
import { UpsertRepository } from '../../libs/shop/src/product/upsert.repository.js';

/** The address of a test file's own database on the server under test. */
export const databaseOf = (filename: string): string => {
  const uri = new URL(process.env['MONGODB_URI'] ?? '');
  uri.pathname = `/t_${createHash('sha256').update(filename).digest('hex').slice(0, 16)}`;
  return uri.href;
};

/** The shop's repositories over a fresh database of one test file. */
export class ShopStore {
  readonly documents: Model<ProductDocument>;
  readonly stocks: Model<StockDocument>;
  readonly categoryDocuments: Model<CategoryDocument>;
  readonly transactions: Transactions;
  readonly categories: CategoryRepository;
  readonly inventory: InventoryRepository;
  readonly products: ProductRepository;
  readonly listings: ListingRepository;
  readonly pricing: PricingRepository;
  readonly outbox: OutboxRepository;
  readonly upserts: UpsertRepository;

  private constructor(readonly connection: Connection) {
    this.documents = connection.model<ProductDocument>(PRODUCT, ProductSchema);
    this.stocks = connection.model<StockDocument>(STOCK, StockSchema);
    this.categoryDocuments = connection.model<CategoryDocument>(CATEGORY, CategorySchema);
    const tombstones = connection.model<TombstoneDocument>(TOMBSTONE, TombstoneSchema);
    this.transactions = new Transactions(connection, { afterCommit });
    const graves = new TombstoneRepository(tombstones);
    this.categories = new CategoryRepository(this.categoryDocuments, this.documents, this.transactions);
    this.inventory = new InventoryRepository(this.stocks);
    this.products = new ProductRepository(this.documents, graves, this.categories, this.inventory, this.transactions);
    this.listings = new ListingRepository(this.documents, this.categories);
    this.pricing = new PricingRepository(this.documents, this.products, this.transactions);
    this.outbox = new OutboxRepository(this.documents, tombstones);
    this.upserts = new UpsertRepository(this.documents, graves, this.categories, this.inventory, this.transactions);
  }

  /** A store whose collections are empty and have their indexes. */
  static async open(filename: string): Promise<ShopStore> {
    const connection = createConnection(databaseOf(filename), {
      autoIndex: false,
      autoCreate: false,
      monitorCommands: true,
    });
    await connection.asPromise();
    await connection.dropDatabase();
    const store = new ShopStore(connection);
    for (const model of Object.values(connection.models)) {
      await model.createCollection();
      await model.createIndexes();
    }
    return store;
  }

  /** How many commands MongoDB is sent while `work` runs. */
  async commandsDuring(work: () => Promise<unknown>): Promise<number> {
    let commands = 0;
    const count = (): void => void (commands += 1);
    const client = this.connection.getClient().on('commandStarted', count);
    await work();
    client.off('commandStarted', count);
    return commands;
  }

  /** Makes a product that differs from others in id and sku, and answers its id. */
  async make(given: Partial<ProductDraft> = {}): Promise<string> {
    const { id = randomUUID(), ...fields } = given;
    const draft = ProductDraft.parse({ ...aDraft(id), ...fields });
    await this.products.create({ ...draft, id });
    return id;
  }
}

/** What a product needs, as a client sends it. */
export const aDraft = (id: string): object => ({
  id,
  sku: `sku-${id}`,
  name: `Product ${id}`,
  category: 'Chairs',
  price: { amount: 1_000, currency: 'USD' },
});

/** A product as an importer hands it over. */
export const anImport = (id: string, given: object = {}): ImportedProduct =>
  ImportedProduct.parse({ ...aDraft(id), ...given });

/** The price in dollars of so many cents. */
export const usd = (amount: number): { amount: number; currency: string } => ({ amount, currency: 'USD' });
