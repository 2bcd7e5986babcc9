import type { Region } from '../region/region.js';
import type { PendingWrite } from './pending-write.js';
import type { WriteBehindLog } from './write-behind-log.js';
import type { WriteSink } from './write-sink.js';

/** The value as it will be when these writes are applied, as far as the source has not seen them. */
export const overlaid = <V>(sink: WriteSink<V>, value: V, writes: readonly PendingWrite[], applied = -Infinity): V =>
  writes.filter(({ last }) => last > applied).reduce((seen, write) => sink.overlaid(seen, write), value);

/** What a load says beside its values. */
export interface OverlaidLoad {
  /** The last log position that the source had applied to each value, in the order asked; empty when it does not say. */
  readonly applied: readonly number[];
  doNotKeep(): void;
}

/**
 * Loads values with what is pending for them on top: asks the log first and the source second, since a flush between the
 * two is then seen by the source. What is pending cannot be told while the log is away: the source's values are answered, and
 * not kept.
 */
export const overlayOf =
  <P, V>(log: WriteBehindLog, region: Region<P, V>, sink: WriteSink<V>) =>
  async (list: readonly P[], said: OverlaidLoad, load: () => Promise<readonly V[]>): Promise<readonly V[]> => {
    let pending: PendingWrite[][];
    try {
      pending = await log.pending(region, list);
    } catch {
      said.doNotKeep(); // nobody knows what is pending; that the log is away is told by its own events
      return load();
    }
    const values = await load();
    return values.map((value, index) => overlaid(sink, value, pending[index] ?? [], said.applied[index]));
  };
