import { setTimeout as wait } from 'node:timers/promises';

const LOOK_EVERY_MS = 10;

/** Waits until `condition` holds. @throws {Error} it did not within `withinMs`, naming the condition */
export const until = async (
  condition: () => boolean | Promise<boolean>,
  { withinMs }: { withinMs: number },
): Promise<void> => {
  const deadline = performance.now() + withinMs;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`Not within ${withinMs} ms: ${condition.toString()}`);
    await wait(LOOK_EVERY_MS);
  }
};
