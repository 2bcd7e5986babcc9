import { Injectable } from '@nestjs/common';
import { CategoryRepository, EmailTakenError, Transactions, UserService, type Role } from '@larder/shop';
import { CatalogueStore } from '../importing/catalogue.store.js';
import { sampleCatalogue } from './sample.catalogue.js';

const BATCH = 500;

/** Who can sign in to the sample shop beside its administrator. */
export const SAMPLE_USERS: readonly { readonly email: string; readonly name: string; readonly role: Role }[] = [
  { email: 'customer@larder.test', name: 'Cora Customer', role: 'customer' },
  { email: 'merchandiser@larder.test', name: 'Max Merchandiser', role: 'merchandiser' },
];

/** Fills an empty shop with the sample catalogue. */
@Injectable()
export class SampleFilling {
  constructor(
    private readonly categories: CategoryRepository,
    private readonly users: UserService,
    private readonly store: CatalogueStore,
    private readonly transactions: Transactions,
  ) {}

  /**
   * Makes the two users with this password, and the products, all or none of them. A shop that has or ever had products is
   * left alone. Answers how many products were made.
   */
  async fill(password: string): Promise<number> {
    if ((await this.categories.findAll()).length > 0) return 0;
    for (const { role, ...user } of SAMPLE_USERS) await this.#ensureUser({ ...user, password }, role);
    const products = sampleCatalogue();
    await this.transactions.run(async () => {
      for (let start = 0; start < products.length; start += BATCH) {
        await this.store.store(products.slice(start, start + BATCH));
      }
    });
    return products.length;
  }

  async #ensureUser(user: { email: string; name: string; password: string }, role: Role): Promise<void> {
    try {
      const { id } = await this.users.register(user);
      if (role !== 'customer') await this.users.changeRoles(id, [role]);
    } catch (error) {
      // An earlier filling made the user and was broken off before the products.
      if (!(error instanceof EmailTakenError)) throw error;
    }
  }
}
