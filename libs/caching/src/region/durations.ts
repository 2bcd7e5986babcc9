/** Milliseconds in `count` seconds. */
export const seconds = (count: number): number => count * 1_000;
/** Milliseconds in `count` minutes. */
export const minutes = (count: number): number => count * 60_000;
/** Milliseconds in `count` hours. */
export const hours = (count: number): number => count * 3_600_000;
/** Milliseconds in `count` days. */
export const days = (count: number): number => count * 86_400_000;
