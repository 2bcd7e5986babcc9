import { Injectable } from '@nestjs/common';
import { Transactions, UpsertRepository, type ImportedProduct } from '@larder/shop';
import { toTally, type ProductSink, type Tally } from './product.sink.js';

/** Ends a transaction whose work is not to stay. */
class UndoneError extends Error {
  constructor(readonly tally: Tally) {
    super('This transaction was a trial. Nothing of it stays.');
  }
}

/** Says what storing a catalogue would do: does it in a transaction that is then undone. */
@Injectable()
export class DryRun implements ProductSink {
  constructor(
    private readonly products: UpsertRepository,
    private readonly transactions: Transactions,
  ) {}

  async store(batch: readonly ImportedProduct[]): Promise<Tally> {
    try {
      return await this.transactions.run(async () => {
        throw new UndoneError(toTally(await this.products.upsertMany(batch)));
      });
    } catch (error) {
      if (error instanceof UndoneError) return error.tally;
      throw error;
    }
  }
}
