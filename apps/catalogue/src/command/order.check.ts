import { openSource } from '../source/source.file.js';
import { parseCommandLine } from './command-line.js';

/**
 * Looks whether an import can be carried out, before any server is started for it. Answers whether there is one to carry
 * out: help needs none.
 * @throws {UsageError} the words, the file or its columns are wrong
 */
export const isWorthServers = async (words: readonly string[]): Promise<boolean> => {
  const order = parseCommandLine(words);
  if (order === 'help') return false;
  const file = await openSource(order.file, order.delimiter);
  try {
    order.mapping.fieldsOf(file.source);
    return true;
  } finally {
    await file.close();
  }
};
