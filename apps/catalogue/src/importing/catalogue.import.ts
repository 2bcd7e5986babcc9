import type { ImportOrder } from '../command/command-line.js';
import { readProductRow, type ProductRow, type RowReading } from '../mapping/product-row.js';
import type { SourceFile } from '../source/source.file.js';
import { isRejected, type ReadRow, type RejectedRow } from '../source/source-row.js';
import { ProductJoin, type JoinedProduct } from './product-join.js';
import type { ProductSink, Tally } from './product.sink.js';
import type { Progress } from './progress.js';
import { RejectsFile } from './rejects.file.js';
import { RowPartitions } from './row-partitions.js';

const BATCH = 500;

/** What an import did: rows read and rejected, products otherwise. */
export interface ImportReport {
  read: number;
  inserted: number;
  updated: number;
  unchanged: number;
  rejected: number;
}

/** What an import works with besides its order. */
export interface ImportSurroundings {
  readonly sink: ProductSink;
  readonly progress: Progress;
  /** A folder for a large file's rows on their way; nothing stays in it. */
  readonly folder: string;
  /** Stops the import between two batches; what was stored stays, and another run goes on from there. */
  readonly signal: AbortSignal;
}

const toRow = (row: ReadRow, reading: RowReading): ProductRow | RejectedRow =>
  isRejected(row) ? row : readProductRow(row, reading);

/** One import: reads every row, brings those of a product together, stores the products in batches. To be run once. */
export class CatalogueImport {
  readonly #reading: RowReading;
  readonly #report: ImportReport = { read: 0, inserted: 0, updated: 0, unchanged: 0, rejected: 0 };

  /** @throws {UsageError} the file lacks columns; nothing has been read or stored yet */
  constructor(
    private readonly order: ImportOrder,
    private readonly file: SourceFile,
  ) {
    const { mapping, decimal, currency } = order;
    this.#reading = { fields: mapping.fieldsOf(file.source), decimal, currency };
  }

  /** Runs it, and reports what it did, also when it was stopped half-way. */
  async run(surroundings: ImportSurroundings): Promise<ImportReport> {
    const rejects = await RejectsFile.of(this.order.file);
    const partitions = new RowPartitions(surroundings.folder, this.file.sizeBytes);
    try {
      const kept = await this.#read(partitions, rejects, surroundings);
      await this.#store(kept, partitions, rejects, surroundings);
    } finally {
      await partitions.close();
      await rejects.close();
    }
    return { ...this.#report, rejected: rejects.count };
  }

  /** Reads the file to its end; answers how many rows could be taken. */
  async #read(
    partitions: RowPartitions,
    rejects: RejectsFile,
    { progress, signal }: ImportSurroundings,
  ): Promise<number> {
    let kept = 0;
    progress.begin('reading', this.file.sizeBytes, 'bytes');
    for await (const batch of this.file.source.rows(this.#reading.fields.map(({ column }) => column))) {
      if (signal.aborted) return kept;
      this.#report.read += batch.length;
      const rows = batch.map((row) => toRow(row, this.#reading));
      await rejects.add(rows.filter((row) => 'reason' in row));
      for (const row of rows) {
        if ('reason' in row) continue;
        kept += 1;
        await partitions.add(row.product.id, JSON.stringify(row));
      }
      progress.at(this.file.readBytes());
    }
    progress.end();
    return kept;
  }

  /** Joins and stores one partition after the other; `kept` rows are in them. */
  async #store(
    kept: number,
    partitions: RowPartitions,
    rejects: RejectsFile,
    { progress, signal, sink }: ImportSurroundings,
  ): Promise<void> {
    let rowsBefore = 0;
    progress.begin(this.order.isDryRun ? 'checking' : 'storing', kept, 'rows');
    for (const partition of partitions.all()) {
      const join = new ProductJoin();
      let rows = 0;
      for await (const lines of partition) {
        const read = lines.map((line) => JSON.parse(line) as ProductRow);
        rows += read.length;
        await rejects.add(read.map((row) => join.add(row)).filter((rejected) => rejected !== undefined));
      }
      const products = [...join.products()];
      for (let start = 0; start < products.length; start += BATCH) {
        if (signal.aborted) return;
        const batch = products.slice(start, start + BATCH);
        await this.#count(batch, await sink.store(batch.map(({ product }) => product)), rejects);
        progress.at(rowsBefore + Math.floor((rows * Math.min(start + BATCH, products.length)) / products.length));
      }
      rowsBefore += rows;
    }
    progress.end();
  }

  async #count(batch: readonly JoinedProduct[], tally: Tally, rejects: RejectsFile): Promise<void> {
    this.#report.inserted += tally.inserted;
    this.#report.updated += tally.updated;
    this.#report.unchanged += tally.unchanged;
    for (const { product, origins } of batch) {
      const reason = tally.refused.get(product.id);
      if (reason !== undefined) await rejects.add(origins.map((origin) => ({ ...origin, reason })));
    }
  }
}
