import type { LoaderSaid } from '../cache/loader-said.js';
import type { PendingWrites } from '../cache/pending-writes.js';
import type { Region } from '../region/region.js';
import type { PendingWrite } from './pending-write.js';
import type { WriteBehindLog } from './write-behind-log.js';
import type { WriteSink } from './write-sink.js';

/** What of the write log concerns one region. */
export class LoggedWrites<P, V> implements PendingWrites<P, V> {
  constructor(
    private readonly log: WriteBehindLog,
    private readonly region: Region<P, V>,
    private readonly sink: WriteSink<V>,
  ) {}

  async overlaid(list: readonly P[], said: LoaderSaid, load: () => Promise<readonly V[]>): Promise<readonly V[]> {
    let pending: PendingWrite[][];
    try {
      pending = await this.log.pending(this.region, list);
    } catch {
      said.isPendingUnknown = true; // that the log is away is told by its own events
      return load();
    }
    const values = await load();
    return values.map((value, index) => {
      const applied = said.applied[index] ?? -Infinity;
      const unseen = (pending[index] ?? []).filter(({ last }) => last > applied);
      return unseen.reduce((seen, write) => this.sink.overlaid(seen, write), value);
    });
  }

  settle(list: readonly P[]): Promise<void> {
    return this.log.settle(this.region, list);
  }

  positionAfter(params: P): Promise<number> {
    return this.log.positionAfter(this.region, params);
  }
}
