/** One case in a process of its own: it opens what it measures, and then measures as often as it is asked to. */
const [name, caseName, context] = process.argv.slice(2);
// Also when who measures was killed: nothing goes on by itself.
process.on('disconnect', () => process.exit(0));

const { default: table } = await import(`./tables/${name}.mjs`);
const { measure, close } = await table.cases[caseName].open(JSON.parse(context));

const ORDERS = {
  measure: ({ forMs }) => measure(forMs),
  leave: async () => {
    await close();
    process.disconnect();
  },
};

process.on('message', async (order) => {
  try {
    const figures = await ORDERS[order.kind](order);
    if (process.connected) process.send({ figures });
  } catch (error) {
    process.send({ error: error instanceof Error ? error.stack : String(error) });
  }
});
process.send({ figures: 'open' });
