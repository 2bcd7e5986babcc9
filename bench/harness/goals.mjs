import { median } from './statistics.mjs';

const SUBJECT = 'larder';

/** The figures of a case, one a round. */
const listOf = (figures, name, figure) => figures[name].map((round) => round[figure]);

/** Round by round, so that a slow hour of the machine counts on both sides. */
const ratioOf = (mine, theirs) => median(mine.map((value, round) => value / theirs[round]));

/** The library whose median is best; neither Larder nor a limit. */
const bestPeer = (table, figures, figure) => {
  const peers = Object.entries(table.cases).filter(([name, { isLimit }]) => name !== SUBJECT && !isLimit);
  const medians = peers.map(([name]) => [median(listOf(figures, name, figure)), name]);
  return medians.sort(([a], [b]) => a - b)[0][1];
};

const judged = (table, figures, result, goal) => {
  const { most, least, faster, isAbsolute, isDifference, against } = goal;
  const figure = goal.figure ?? result.figure;
  const mine = listOf(figures, result.subject ?? SUBJECT, figure);
  if (isAbsolute) return { against, ratio: median(mine) };
  if (isDifference) {
    const theirs = listOf(figures, against, figure);
    const label = `${table.cases[against].label}, points more`;
    return { against: label, ratio: median(mine.map((value, round) => value - theirs[round])) };
  }
  const name = against === 'best peer' ? bestPeer(table, figures, figure) : against;
  const theirs = listOf(figures, name, figure);
  const label = `${table.cases[name].label}${against === name ? '' : ` (${against})`}`;
  return { against: label, ratio: faster === undefined ? ratioOf(mine, theirs) : ratioOf(theirs, mine), most, least };
};

const rounded = (value) => (value === 0 ? 0 : Number(value.toPrecision(4)));

/** What a table's goals came to, in the shape of report.json. */
export const resultsOf = (table, figures) =>
  table.results.map((result) => {
    const goals = result.goals.map((goal) => {
      const { against, ratio } = judged(table, figures, result, goal);
      const least = goal.least ?? goal.faster;
      const met = goal.most === undefined ? ratio >= least : ratio <= goal.most;
      return { against, ratio: rounded(ratio), goal: goal.most === undefined ? `≥ ${least}` : `≤ ${goal.most}`, met };
    });
    const measured = rounded(median(listOf(figures, result.subject ?? SUBJECT, result.figure)));
    return { row: table.row, name: result.name, measured, unit: result.unit ?? table.figures[result.figure], goals };
  });
