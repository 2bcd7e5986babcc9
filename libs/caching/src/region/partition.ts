/** How many partitions the keys of the shared store are spread over. */
export const PARTITIONS = 64;

const HASH_START = 0x811c9dc5;
const HASH_FACTOR = 0x01000193;

/** A hash of a text, the same in every process: FNV-1a, 32 bits. */
export const hashOf = (text: string): number => {
  let hash = HASH_START;
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), HASH_FACTOR);
  return hash >>> 0;
};

/** The partition of a key or tag. */
export const partitionOf = (name: string): number => hashOf(name) % PARTITIONS;
