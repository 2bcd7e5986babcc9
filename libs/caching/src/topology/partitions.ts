import { partitionOf } from '../region/partition.js';

export { PARTITIONS, partitionOf } from '../region/partition.js';

/** The names of one partition's keys in Redis; `{p7}` is the hash tag, so they share a slot. */
export const redisKeys = {
  envelope: (name: string): string => `larder:{p${partitionOf(name)}}:e:${name}`,
  lease: (name: string): string => `larder:{p${partitionOf(name)}}:l:${name}`,
  ticket: (name: string): string => `larder:{p${partitionOf(name)}}:w:${name}`,
  marks: (name: string): string => `larder:{p${partitionOf(name)}}:m:${name}`,
  tag: (tag: string): string => `larder:{p${partitionOf(tag)}}:t:${tag}`,
  bus: (partition: number): string => `larder:{p${partition}}:bus`,
  end: (partition: number): string => `larder:{p${partition}}:end`,
} as const;
