import { CoAccessGraph, MOST_NEIGHBOURS, neighboursIn } from './co-access.graph.js';
import { Decay } from './decay.js';

const NOW = 1_700_000_000_000;
const DAY = 86_400_000;
const decay = new Decay(DAY);
const aGraph = (mostNodes = 1_000): CoAccessGraph => new CoAccessGraph(decay, mostNodes);
/** One visitor reads these, in this order. */
const walk = (graph: CoAccessGraph, keys: readonly string[], at = NOW): void => {
  for (const [place, key] of keys.entries()) graph.join(key, keys.slice(0, place).reverse(), at);
};
const weights = (graph: CoAccessGraph, key: string, at = NOW): [string, number][] =>
  graph.neighboursOf(key, at).map((neighbour) => [neighbour.key, Number(neighbour.weight.toFixed(4))]);

describe('what is read together', () => {
  it('weighs by how near it lies, in both directions', () => {
    const graph = aGraph();
    walk(graph, ['a', 'b', 'c']);
    expect(weights(graph, 'a')).toEqual([
      ['b', 1],
      ['c', 0.5],
    ]);
    expect(weights(graph, 'c')).toEqual([
      ['b', 1],
      ['a', 0.5],
    ]);
  });

  it('decays', () => {
    const graph = aGraph();
    walk(graph, ['a', 'b']);
    expect(weights(graph, 'a', NOW + DAY)).toEqual([['b', 0.5]]);
  });

  it('has little lift after everything, and much after one thing', () => {
    const graph = aGraph();
    for (let visitor = 0; visitor < 50; visitor += 1) walk(graph, [`p-${visitor}`, 'bestseller']);
    for (let visitor = 0; visitor < 5; visitor += 1) walk(graph, ['bed', 'mattress', 'bestseller']);
    const lifts = new Map(graph.neighboursOf('bed', NOW).map(({ key, lift }) => [key, lift]));
    expect(lifts.get('bestseller')).toBeLessThan(1.5);
    expect(lifts.get('mattress')).toBeGreaterThan(10);
  });

  it('is so many neighbours a key and so many keys at most, the coldest going first', () => {
    const graph = aGraph(100);
    for (let visitor = 0; visitor < 3; visitor += 1) walk(graph, ['bed', 'mattress']);
    for (let visitor = 0; visitor < 200; visitor += 1) walk(graph, ['bed', `p-${visitor}`]);
    expect(graph.size).toBeLessThanOrEqual(125);
    const neighbours = graph.neighboursOf('bed', NOW);
    expect(neighbours).toHaveLength(MOST_NEIGHBOURS);
    expect(neighbours[0]?.key).toBe('mattress');
  });

  it('goes on from what was stored', () => {
    const graph = aGraph();
    walk(graph, ['a', 'b']);
    const changes = graph.takeChanges(NOW);
    const stored = new Map([...changes].map(([key, node]) => [key, JSON.parse(JSON.stringify(node)) as typeof node]));
    expect(graph.takeChanges(NOW).size).toBe(0);

    const restored = aGraph();
    for (const [key, node] of stored) if (node) restored.restore(key, node);
    walk(restored, ['a', 'b']);
    expect(weights(restored, 'a')).toEqual([['b', 2]]);
    const node = stored.get('a');
    expect(node && neighboursIn(node, decay, NOW + DAY)).toMatchObject([{ key: 'b', weight: 0.5 }]);
  });

  it('tells of the keys that it dropped', () => {
    const graph = aGraph(10);
    for (let visitor = 0; visitor < 13; visitor += 1) walk(graph, [`p-${visitor}`]);
    const gone = [...graph.takeChanges(NOW)].filter(([, node]) => node === undefined);
    expect(gone).toHaveLength(3);
  });
});
