import type { ImportedProduct, UpsertReport } from '@larder/shop';

/** What became of the products of a batch. */
export interface Tally {
  readonly inserted: number;
  readonly updated: number;
  readonly unchanged: number;
  /** Products that the shop refuses, by id, each with the reason. */
  readonly refused: ReadonlyMap<string, string>;
}

/** Where the products of a catalogue go. */
export interface ProductSink {
  /** Takes up to 500 products. The same ones twice change nothing. */
  store(products: readonly ImportedProduct[]): Promise<Tally>;
}

/** What the shop reports of a batch, as a tally. */
export const toTally = ({ inserted, updated, unchanged, rejected }: UpsertReport): Tally => ({
  inserted,
  updated,
  unchanged,
  refused: new Map(rejected.map(({ id, detail }) => [id, detail])),
});
