import { pendingWriteIn, type PendingWrite } from './pending-write.js';

type AppendException = [number: number, position: string | number, claimed: string[], pending: string[]];
type AppendReply = [last: number, entries: number, bytes: number, exceptions: AppendException[], seal: string];

/** What the log says of a batch that it has accepted. */
export interface Appended {
  /** The position before those of the batch. */
  readonly before: number;
  /** By the positions that operations would have had: those of which the answer says more, or another position. */
  readonly exceptions: ReadonlyMap<number, { readonly position: number; readonly pending: PendingWrite[] }>;
  /** How full the partition is. */
  readonly entries: number;
  readonly bytes: number;
  /** What the ids of its writes are made with. */
  readonly seal: string;
}

/** The answer of `append.lua` to a batch of so many operations. */
export const appendedIn = (reply: unknown, size: number): Appended => {
  const [last, entries, bytes, told, seal] = reply as AppendReply;
  const before = last - size;
  const exceptions = new Map(
    told.map(([number, position, claimed, pending]) => [
      before + number,
      { position: Number(position), pending: pendingIn(claimed, pending) },
    ]),
  );
  return { before, exceptions, entries, bytes, seal };
};

/** The writes in the claimed and the pending record of one name, the older first. */
export const pendingIn = (claimed: readonly string[], pending: readonly string[]): PendingWrite[] => {
  const older = pendingWriteIn(claimed);
  const newer = pendingWriteIn(pending);
  return [older, newer].filter(
    (write, index) => write !== undefined && (index === 0 || write.last !== older?.last),
  ) as PendingWrite[];
};
