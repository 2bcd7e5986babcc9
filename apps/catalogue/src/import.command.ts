import type { INestApplicationContext } from '@nestjs/common';
import { loadStoreSettings } from '@larder/config';
import type { ImportOrder } from './command/command-line.js';
import { CatalogueImport, type ImportReport } from './importing/catalogue.import.js';
import { CatalogueStore } from './importing/catalogue.store.js';
import { DryRun } from './importing/dry.run.js';
import { progressFor } from './importing/progress.js';
import { openSource } from './source/source.file.js';
import { CatalogueModule } from './catalogue.module.js';
import { hasToldCache, openShop } from './shop.context.js';

const DONE = 0;
const ROWS_REJECTED = 3;
const INTERRUPTED = 130;

const say = (line: string): void => void process.stderr.write(`${line}\n`);

/** A signal that is aborted by an interrupt or an order to end. */
const interruption = (): AbortSignal => {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (!controller.signal.aborted) say('Stopping after this batch.');
      controller.abort();
    });
  }
  return controller.signal;
};

const exitCodeOf = ({ rejected }: ImportReport, signal: AbortSignal): number => {
  if (signal.aborted) return INTERRUPTED;
  return rejected > 0 ? ROWS_REJECTED : DONE;
};

/**
 * Carries out an import, says how far it is on standard error and what it did on standard output.
 * Answers the exit code: 0 done, 3 done but rows were rejected, 130 interrupted.
 * @throws {UsageError} the file cannot be used as the order says; nothing was stored
 * @throws {DatabaseUnavailableError} MongoDB does not answer
 */
export const importCatalogue = async (order: ImportOrder): Promise<number> => {
  const file = await openSource(order.file, order.delimiter);
  let shop: INestApplicationContext | undefined;
  try {
    const work = new CatalogueImport(order, file);
    const signal = interruption();
    shop = await openShop(CatalogueModule);
    const report = await work.run({
      sink: shop.get<CatalogueStore | DryRun>(order.isDryRun ? DryRun : CatalogueStore),
      progress: progressFor(process.stderr.isTTY, say),
      folder: loadStoreSettings().LARDER_HOME,
      signal,
    });
    if (!order.isDryRun && !(await hasToldCache(shop))) {
      say('The Redis of cached values does not answer: what is cached may lag behind until the worker has caught up.');
    }
    if (report.rejected > 0) say(`Rows that could not be taken, with the reasons: ${order.file}.rejects.csv`);
    if (order.isDryRun) say('This was a dry run: nothing was stored.');
    if (signal.aborted) say('Interrupted. What was stored stays; the same command goes on from there.');
    process.stdout.write(`${JSON.stringify(report)}\n`);
    return exitCodeOf(report, signal);
  } finally {
    await shop?.close();
    await file.close();
  }
};
