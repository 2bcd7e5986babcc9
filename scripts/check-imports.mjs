import { readSources } from './imports/source.files.mjs';
import { brokenRules } from './imports/rules.mjs';
import { ROOT } from './setup/command.mjs';

// Another tree can be named: node scripts/check-imports.mjs FOLDER
const sources = readSources(process.argv[2] ?? ROOT);
const broken = brokenRules(sources);
for (const { path, rule } of broken) console.error(`${path}\n    ${rule}`);
if (broken.length > 0) {
  console.error(`\n${broken.length} broken import rules. The table is scripts/imports/table.mjs.`);
  process.exit(1);
}
console.log(`${sources.length} files keep the import rules.`);
