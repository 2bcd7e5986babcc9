/** Numbers from 0 to below 1 that follow from the seed alone (mulberry32). */
export const randomFrom = (seed: number): (() => number) => {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
};

/** One of these, by a number from 0 to below 1. */
export const oneOf = <T>(list: readonly [T, ...T[]], random: number): T =>
  list[Math.floor(random * list.length)] ?? list[0];

/** The seed that `LARDER_SEED` names, or a fresh one. */
export const seedOfRun = (): number => Number(process.env['LARDER_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
