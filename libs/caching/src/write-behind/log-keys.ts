import { partitionOf } from '../topology/partitions.js';

/** How many partitions the write log is spread over: a name is of one, so its writes are in one order. */
export const LOG_PARTITIONS = 16;

/** The partition of a name in the write log. */
export const logPartitionOf = (name: string): number => partitionOf(name) % LOG_PARTITIONS;

/** The names of the write log's keys in Redis; `{q7}` is the hash tag, so those of a partition share a slot. */
export const logKeys = {
  sequence: (partition: number): string => `larder:{q${partition}}:sequence`,
  log: (partition: number): string => `larder:{q${partition}}:log`,
  counts: (partition: number): string => `larder:{q${partition}}:counts`,
  /** When it was found out that the log was lost, in ms since 1970. */
  lost: 'larder:{q0}:lost',
  deadLetters: (partition: number): string => `larder:{q${partition}}:dead`,
  /** How many dead letters each name has, and which fields of it were written since. */
  since: (partition: number): string => `larder:{q${partition}}:since`,
  pending: (name: string): string => `larder:{q${logPartitionOf(name)}}:p:${name}`,
  claimed: (name: string): string => `larder:{q${logPartitionOf(name)}}:c:${name}`,
  fates: (name: string): string => `larder:{q${logPartitionOf(name)}}:f:${name}`,
  receipt: (name: string, id: string): string => `larder:{q${logPartitionOf(name)}}:r:${id}:${name}`,
  request: (id: string): string => `larder:{q${logPartitionOf(id)}}:k:${id}`,
} as const;

/** The consumer group of all flushers. */
export const FLUSHERS = 'flushers';
