import { loadSettings } from '@larder/config';
import { openShop } from './shop.context.js';
import { SampleFilling, SAMPLE_USERS } from './sample/sample.filling.js';
import { SampleModule } from './sample/sample.module.js';

const fill = async (): Promise<string> => {
  const { ADMIN_PASSWORD } = loadSettings();
  if (ADMIN_PASSWORD === undefined) return 'No sample without ADMIN_PASSWORD, which its users sign in with.';
  const shop = await openShop(SampleModule);
  try {
    const count = await shop.get(SampleFilling).fill(ADMIN_PASSWORD);
    if (count === 0) return 'The shop has its catalogue; the sample is left out.';
    const emails = SAMPLE_USERS.map(({ email }) => email).join(' and ');
    return `Sample catalogue: ${count} products; ${emails} sign in with the administrator's password.`;
  } finally {
    await shop.close();
  }
};

try {
  process.stdout.write(`${await fill()}\n`);
} catch (error) {
  process.exitCode = 1;
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
}
