const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
  ['ms', 1],
];

const durationText = (ms) => {
  const [unit, size] = UNITS.find(([, each]) => ms % each === 0);
  return `${ms / size}${unit}`;
};

/** The ways in which a default may stand in the environment. */
const spellingsOf = (value) => {
  if (typeof value === 'number') return [durationText(value), String(value)];
  if (Number.isInteger(value?.windowMs)) return [`${value.limit}/${durationText(value.windowMs)}`];
  return typeof value === 'string' ? [value] : [];
};

/** The text that the setting reads as its own default; `none` where there is no such text. */
const defaultOf = (schema) => {
  const ofNothing = schema.safeParse(undefined);
  if (!ofNothing.success) return 'required';
  const wanted = JSON.stringify(ofNothing.data);
  const isRead = (text) => JSON.stringify(schema.safeParse(text).data) === wanted;
  const text = spellingsOf(ofNothing.data).find(isRead);
  return text === undefined ? 'none' : `\`${text}\``;
};

/** The table of settings in docs/operations.md, from the schema that reads them: name, default, meaning. */
export const settingsTable = (settings) =>
  [
    '| name | default | meaning |',
    '| --- | --- | --- |',
    ...Object.entries(settings.shape).map(
      ([name, schema]) => `| \`${name}\` | ${defaultOf(schema)} | ${schema.meta()?.description ?? ''} |`,
    ),
  ].join('\n');

const MARKED = /(<!-- settings: [^\n]*-->\n)[\s\S]*?(\n<!-- \/settings -->)/;

/** The page with its table of settings replaced. */
export const withSettings = (page, settings) => {
  if (!MARKED.test(page)) throw new Error('The page has no lines that mark where the table of settings stands.');
  return page.replace(MARKED, (_, begin, end) => `${begin}\n${settingsTable(settings)}\n${end}`);
};
