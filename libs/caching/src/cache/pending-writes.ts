import type { LoaderSaid } from './loader-said.js';

/** What the cache asks of the log in which writes of a region wait for their source. */
export interface PendingWrites<P, V> {
  /**
   * Loads values with what is pending on top: asks the log first and the source second, since what is flushed between the
   * two is then seen in the source. While the log is away, the source's values, said to be of unknown standing.
   */
  overlaid(list: readonly P[], said: LoaderSaid, load: () => Promise<readonly V[]>): Promise<readonly V[]>;

  /**
   * Has what is pending for these values applied, so that what is then written past the log comes after it.
   * @throws {WriteLogUnavailableError} {@link WriteUnknownError} whether anything is pending is unknown
   */
  settle(list: readonly P[]): Promise<void>;

  /** A position of the log after all that it accepted for the value; 0 when it never accepted anything. */
  positionAfter(params: P): Promise<number>;
}
