import type { FaultLab } from '../fault.lab.js';
import type { HotReads, Reads } from '../processes/orders.js';

/** How the hot documents have been read since this was asked before. */
export const hotReads = async (lab: FaultLab): Promise<HotReads> => {
  const [reader] = lab.readers;
  if (!reader) throw new Error('Nobody reads in this laboratory.');
  return reader.hotReads();
};

const inWords = ({ asked, answered, failed, p50Ms, p99Ms, failure }: Reads): string =>
  `${((answered / asked) * 100).toFixed(2)} % of ${asked}, ${failed} failed, p50 ${p50Ms?.toFixed(2) ?? '-'} ms, p99 ${p99Ms?.toFixed(1) ?? '-'} ms${failure === undefined ? '' : ` (${failure})`}`;

/** The same as facts to be told. */
export const readFacts = (when: string, { unedited, edited }: HotReads): Record<string, string> => ({
  [`hot reads answered ${when}`]: inWords(unedited),
  [`of those edited ${when}`]: inWords(edited),
});
