import { SingleLane } from './single-lane.js';

describe('a single lane', () => {
  it('lets one at a time through, in the order of arrival, also after one that failed', async () => {
    const lane = new SingleLane();
    const seen: string[] = [];
    const drive = async (name: string, fails = false): Promise<void> => {
      const leave = await lane.enter();
      try {
        seen.push(`${name} in`);
        await Promise.resolve();
        if (fails) throw new Error(name);
        seen.push(`${name} out`);
      } finally {
        leave();
      }
    };

    await Promise.allSettled([drive('a'), drive('b', true), drive('c')]);

    expect(seen).toEqual(['a in', 'a out', 'b in', 'c in', 'c out']);
  });
});
