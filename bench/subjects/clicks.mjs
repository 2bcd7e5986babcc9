import { readFileSync } from 'node:fs';

const DAY_MS = 86_400_000;
const BETWEEN_MS = 1_000;
const COLUMNS = ['session_id', 'item_id', 'timeframe', 'eventdate'];

const rowsOf = (file) => {
  const [head, ...lines] = readFileSync(file, 'utf8').trim().split(/\r?\n/);
  const names = head.split(';');
  const places = COLUMNS.map((column) => names.indexOf(column));
  if (places.includes(-1)) throw new RangeError(`${file} has not the columns ${COLUMNS.join(', ')}.`);
  return lines.map((line) => {
    const cells = line.split(';');
    const [session, id, since, date] = places.map((place) => cells[place]);
    return { session: Number(session), id, since: Number(since), date };
  });
};

/** Visits in the order in which they came. */
const visitsOf = (rows) => {
  const visits = new Map();
  for (const row of rows) {
    const name = `${row.date} ${row.session}`;
    if (!visits.has(name)) visits.set(name, []);
    visits.get(name).push(row);
  }
  return [...visits.values()];
};

const lengthOf = (visit) => visit.at(-1).since - visit[0].since + BETWEEN_MS;

/** One day's visits one after the other, evenly over the day. */
const spread = (visits) => {
  const taken = visits.reduce((sum, visit) => sum + lengthOf(visit), 0);
  const pause = Math.max(0, (DAY_MS - taken) / visits.length);
  let from = Date.parse(visits[0][0].date) + pause / 2;
  return visits.flatMap((visit) => {
    const began = from;
    from += lengthOf(visit) + pause;
    return visit.map(({ id, session, since }) => ({
      id,
      visitor: String(session),
      at: began + since - visit[0].since,
    }));
  });
};

/** The views of a file of clicks by day, visit and time within the visit; when in its day a visit began is not known. */
export const clicksOf = (file) => {
  const rows = rowsOf(file).sort(
    (one, other) => one.date.localeCompare(other.date) || one.session - other.session || one.since - other.since,
  );
  const days = Map.groupBy ? Map.groupBy(visitsOf(rows), ([{ date }]) => date) : groupedByDay(visitsOf(rows));
  return [...days.values()].flatMap(spread);
};

const groupedByDay = (visits) => {
  const days = new Map();
  for (const visit of visits) days.set(visit[0].date, [...(days.get(visit[0].date) ?? []), visit]);
  return days;
};
