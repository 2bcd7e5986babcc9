import { readArguments, USAGE, UsageError } from './start/arguments.mjs';
import { Larder } from './start/larder.mjs';
import { onOrders } from './start/orders.mjs';

const main = async () => {
  const { isHelp, ...options } = readArguments(process.argv.slice(2));
  if (isHelp) {
    console.log(USAGE);
    return;
  }
  const larder = new Larder(options);
  let stopping;
  onOrders({
    stop: () => {
      stopping = larder.stop().then(() => process.exit(0), fail);
    },
    breakOff: () => {
      larder.kill();
      process.exit(130);
    },
  });
  try {
    await larder.start();
  } catch (error) {
    if (stopping) return; // broken off by the order to stop, which is being carried out
    console.error(error instanceof Error ? error.message : error);
    await larder.stop();
    process.exit(1);
  }
};

const fail = (error) => {
  console.error(error);
  process.exit(1);
};

main().catch((error) => {
  if (!(error instanceof UsageError)) return fail(error);
  console.error(`${error.message}\n\n${USAGE}`);
  process.exit(2);
});
