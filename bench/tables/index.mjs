const NAMES = [
  'near-sync',
  'near-hit',
  'shared-hit-lone',
  'shared-hits-64',
  'cold-key',
  'cold-key-fleet',
  'expired-within-grace',
  'hit-ratio',
  'codec',
  'enqueue-everysec',
  'enqueue-always',
  'drain',
  'invalidation',
  'growth',
  'put-behind',
  'cache-ahead',
];

/** Every table, in the order of its row. Read only once the peers are installed. */
export const loadTables = async () => {
  const modules = await Promise.all(NAMES.map((name) => import(`./${name}.mjs`)));
  return modules.map((module) => module.default);
};

/**
 * The tables that are asked for by row or name; all of them where none is.
 * @throws {RangeError} there is no such table
 */
export const chosenTables = (tables, asked) => {
  const unknown = asked.find((each) => !tables.some(({ row, name }) => String(row) === each || name === each));
  if (unknown === undefined) {
    return tables.filter(({ row, name }) => asked.length === 0 || asked.includes(String(row)) || asked.includes(name));
  }
  const known = tables.map(({ row, name }) => `${row} ${name}`).join(', ');
  throw new RangeError(`There is no table "${unknown}". There are ${known}.`);
};
