/** How many partitions the keys of the shared store are spread over. */
export const PARTITIONS = 64;

const HASH_START = 0x811c9dc5;
const HASH_FACTOR = 0x01000193;

/** The partition of a key or tag: FNV-1a, so that every process agrees. */
export const partitionOf = (name: string): number => {
  let hash = HASH_START;
  for (let index = 0; index < name.length; index += 1) hash = Math.imul(hash ^ name.charCodeAt(index), HASH_FACTOR);
  return (hash >>> 0) % PARTITIONS;
};

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
