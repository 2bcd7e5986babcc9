/** A stream id of the bus, `<ms>-<sequence>`; `0-0` is before everything. */
export type Position = string;

/** Whether position `a` comes after `b`. */
export const isAfter = (a: Position, b: Position): boolean => {
  if (a === b) return false;
  const [aMs = '0', aSequence = '0'] = a.split('-');
  const [bMs = '0', bSequence = '0'] = b.split('-');
  return aMs === bMs ? Number(aSequence) > Number(bSequence) : Number(aMs) > Number(bMs);
};
