import { HELP, parseCommandLine } from './command/command-line.js';
import { UsageError } from './command/usage.error.js';
import { importCatalogue } from './import.command.js';

const USAGE = 2;
const FAILED = 1;

const run = async (): Promise<number> => {
  const order = parseCommandLine(process.argv.slice(2));
  if (order !== 'help') return importCatalogue(order);
  process.stdout.write(HELP);
  return 0;
};

try {
  process.exitCode = await run();
} catch (error) {
  process.exitCode = error instanceof UsageError ? USAGE : FAILED;
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
}
