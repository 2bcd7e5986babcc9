/** One process of a fleet: opens its subject, and does what the case that started it asks. */
import { FLEET_SUBJECTS } from './subjects/fleet-subjects.mjs';
import { productOf } from './subjects/payload.mjs';

const [name, redisUrl, setting] = process.argv.slice(2);
const { loadMs, ...policy } = JSON.parse(setting);
let loads = 0;

// Also when the case was killed: nothing goes on by itself.
process.on('disconnect', () => process.exit(0));

const load = async () => {
  loads += 1;
  await new Promise((done) => setTimeout(done, loadMs));
  return productOf(1);
};

const subject = await FLEET_SUBJECTS[name](redisUrl, load, policy);

/** So many callers of one key at once: how long until the last has its answer, and how often the source was asked. */
const crowd = async ({ key, callers }) => {
  loads = 0;
  const began = performance.now();
  const values = await Promise.all(Array.from({ length: callers }, () => subject.read(key)));
  const tookMs = performance.now() - began;
  if (values.some((value) => value?.id !== 'product-1')) throw new Error(`${key} was answered wrongly.`);
  return { tookMs };
};

const ORDERS = {
  crowd,
  loads: () => ({ loads }),
  watch: async ({ key }) => {
    await subject.watch(key, () => process.send({ gone: key, at: String(process.hrtime.bigint()) }));
    return {};
  },
};

process.on('message', async (order) => {
  try {
    process.send({ answer: await ORDERS[order.kind](order) });
  } catch (error) {
    process.send({ error: error instanceof Error ? error.stack : String(error) });
  }
});
process.send({ answer: 'open' });
