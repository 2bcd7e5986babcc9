import { MemoryPressure } from './memory-pressure.js';

const looks = (shares: number[], container = 0): boolean[] => {
  let at = 0;
  const pressure = new MemoryPressure({ heapShare: () => shares[at] ?? 0, containerShare: () => container });
  return shares.map((_, index) => {
    at = index;
    return pressure.look();
  });
};

describe('memory pressure', () => {
  it('is none below the limit, nor when a heap is high just before its garbage is collected', () => {
    expect(looks([0.5, 0.79, 0.82, 0.87, 0.4, 0.85, 0.87, 0.4])).not.toContain(true);
  });

  it('is there when the heap stays high, and at once when it is nearly full', () => {
    expect(looks([0.82, 0.85, 0.83])).toEqual([false, false, true]);
    expect(looks([0.5, 0.89])).toEqual([false, true]);
  });

  it('waits after a shedding until the heap has grown, or was collected and is high still', () => {
    expect(looks([0.94, 0.94, 0.95, 0.98])).toEqual([true, false, false, true]);
    expect(looks([0.94, 0.92, 0.92, 0.92])).toEqual([true, true, false, false]);
    expect(looks([0.94, 0.5, 0.94])).toEqual([true, false, true]);
  });

  it('sheds for a full container too, some looks apart', () => {
    expect(looks(Array<number>(8).fill(0.2), 0.95)).toEqual([true, false, false, false, false, false, true, false]);
  });
});
