// Writes the table of settings in docs/operations.md afresh from libs/config; with --check, only compares it.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withSettings } from './docs/settings.table.mjs';
import { ROOT } from './setup/command.mjs';
import { prepare } from './setup/prepare.mjs';

const PAGE = join(ROOT, 'docs', 'operations.md');

await prepare();
const { Settings } = await import(join(ROOT, 'dist', 'libs', 'config', 'src', 'index.js'));
const page = readFileSync(PAGE, 'utf8');
const written = withSettings(page, Settings);
if (written === page) {
  console.log('The table of settings is as libs/config has it.');
} else if (process.argv.includes('--check')) {
  console.error('The table of settings is not as libs/config has it. Run: node scripts/docs-settings.mjs');
  process.exit(1);
} else {
  writeFileSync(PAGE, written);
  console.log('Wrote the table of settings in docs/operations.md.');
}
