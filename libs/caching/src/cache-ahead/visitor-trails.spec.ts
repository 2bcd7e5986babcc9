import { VisitorTrails } from './visitor-trails.js';

const NOW = 1_700_000_000_000;
const MINUTE = 60_000;

describe('the trail of a visitor', () => {
  it('holds what was read lately, the newest first, none twice', () => {
    const trails = new VisitorTrails(10);
    for (const key of ['a', 'b', 'a', 'c']) trails.step('v', key, NOW);
    expect(trails.step('v', 'd', NOW)?.keys).toEqual(['c', 'a', 'b']);
  });

  it('begins anew after half an hour', () => {
    const trails = new VisitorTrails(10);
    trails.step('v', 'a', NOW);
    expect(trails.step('v', 'b', NOW + 29 * MINUTE)?.keys).toEqual(['a']);
    expect(trails.step('v', 'c', NOW + 60 * MINUTE)?.keys).toEqual([]);
  });

  it('of one who walks through everything says nothing', () => {
    const trails = new VisitorTrails(10);
    for (let step = 0; step < 200; step += 1) trails.step('bot', `p-${step}`, NOW + step);
    trails.takeActive();
    expect(trails.step('bot', 'p-200', NOW + 200)).toBeUndefined();
    expect(trails.takeActive()).toEqual([]);
  });

  it('is asked for once after each read', () => {
    const trails = new VisitorTrails(10);
    trails.step('v', 'a', NOW);
    expect(trails.takeActive()).toHaveLength(1);
    expect(trails.takeActive()).toHaveLength(0);
  });

  it('is forgotten where there are too many visitors, the one who is silent for longest first', () => {
    const trails = new VisitorTrails(2);
    trails.step('one', 'a', NOW);
    trails.step('two', 'a', NOW);
    trails.step('one', 'b', NOW);
    trails.step('three', 'a', NOW);
    expect(trails.size).toBe(2);
    expect(trails.step('one', 'c', NOW)?.keys).toEqual(['b', 'a']);
    expect(trails.step('two', 'c', NOW)?.keys).toEqual([]);
  });
});
