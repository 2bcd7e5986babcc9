/** A write whose caller was answered: from then on its bound runs. Times are of the machine's monotonic clock, in ms. */
export interface Written {
  readonly kind: 'written';
  readonly region: RegionName;
  readonly key: string;
  readonly version: number;
  readonly answeredAt: number;
  readonly process: number;
  readonly position: string;
}

/** A read whose caller was answered. */
export interface Seen {
  readonly kind: 'seen';
  readonly region: RegionName;
  readonly key: string;
  readonly version: number;
  readonly startedAt: number;
  readonly process: number;
  /** The version of the write whose position the read carried. */
  readonly atLeast?: number;
}

export type RegionName = 'bounded' | 'through' | 'listed' | 'latest';
export type Happened = Written | Seen;

/** What a region may lag behind another process's write that was answered; its own are seen at once. */
export const BOUND_MS: Record<RegionName, number> = { bounded: 250, through: 250, listed: 250, latest: 0 };

/** Every read that answered a version older than it may be, as a sentence. */
export const faultsIn = (history: readonly Happened[]): string[] => {
  const writes = new Map<string, Written[]>();
  for (const entry of history) {
    if (entry.kind !== 'written') continue;
    const key = `${entry.region} ${entry.key}`;
    writes.set(key, [...(writes.get(key) ?? []), entry]);
  }
  return history.flatMap((entry) => {
    if (entry.kind !== 'seen') return [];
    const { region, key, version, startedAt, process, atLeast = 0 } = entry;
    const due = (writes.get(`${region} ${key}`) ?? []).filter(
      (write) =>
        write.version > version && write.answeredAt <= startedAt - (write.process === process ? 0 : BOUND_MS[region]),
    );
    const told = `${region} ${key}: process ${process} read version ${version}`;
    const late = due.map(
      (write) =>
        `${told}, ${(startedAt - write.answeredAt).toFixed(1)} ms after process ${write.process} was answered ${write.version}`,
    );
    return atLeast > version ? [...late, `${told} with the position of ${atLeast}`] : late;
  });
};
