import { type Decay, NOTHING, type Rank } from './decay.js';

/** How many neighbours of a key are kept; up to twice as many between two prunings. */
export const MOST_NEIGHBOURS = 16;
/** How far back in a trail something still belongs to what is read now. */
const REACH = 10;

/** What is read together with a key. */
export interface Neighbour {
  readonly key: string;
  /** The decayed count of trails that hold both, each by how near they lie in it: 1 for side by side. */
  readonly weight: number;
  /** How much oftener than chance would have it; 1 is by chance. */
  readonly lift: number;
}

/** What is known of one key, as ranks. */
interface Node {
  /** How many trails held it. */
  trails: Rank;
  neighbours: Map<string, Rank>;
}

/** A neighbour as it is stored, with its lift at that time. */
type NeighbourRecord = readonly [key: string, rank: Rank, lift: number];

/** A node as it is stored, as JSON, which knows no infinity. */
export type NodeRecord = readonly [trails: Rank | null, neighbours: readonly NeighbourRecord[]];

/**
 * Which keys the same visitor reads, decaying and bounded: some neighbours a key, some keys in all, the coldest going first.
 * Two keys of a trail are neighbours in both directions, the nearer the more. Idea: the co-visitation counts of item-to-item
 * recommenders (Linden, Smith and York 2003).
 */
export class CoAccessGraph {
  private readonly nodes = new Map<string, Node>();
  /** Of trails over all keys: a trail counts once for each key that it holds. */
  private total: Rank = NOTHING;
  private changed = new Set<string>();

  constructor(
    private readonly decay: Decay,
    private readonly mostNodes: number,
  ) {}

  get size(): number {
    return this.nodes.size;
  }

  /** Notes that `key` came new to a trail that held these keys, the newest first. */
  join(key: string, trail: readonly string[], at: number): void {
    const node = this.nodeOf(key);
    node.trails = this.decay.raised(node.trails, 1, at);
    this.total = this.decay.raised(this.total, 1, at);
    this.changed.add(key);
    for (const [back, other] of trail.slice(0, REACH).entries()) {
      if (other === key) continue;
      this.link(key, other, 1 / (back + 1), at);
      this.link(other, key, 1 / (back + 1), at);
    }
    if (this.nodes.size > this.mostNodes + this.mostNodes / 4) this.prune();
  }

  /** How many trails held `key`, decayed. */
  trailsOf(key: string, at: number): number {
    return this.decay.amount(this.nodes.get(key)?.trails ?? NOTHING, at);
  }

  /** The keys that at least `least` trails held, decayed, the first the most, at most `count`. */
  popular(count: number, least: number, at: number): string[] {
    const floor = this.decay.rank(least, at);
    const ranked = [...this.nodes].filter(([, { trails }]) => trails >= floor);
    return ranked
      .sort(([, one], [, other]) => other.trails - one.trails)
      .slice(0, count)
      .map(([key]) => key);
  }

  /** The neighbours of `key` with their weights at `at`, in no order. */
  *weightsOf(key: string, at: number): Generator<readonly [key: string, weight: number]> {
    for (const [next, rank] of this.nodes.get(key)?.neighbours ?? []) yield [next, this.decay.amount(rank, at)];
  }

  /** What is read together with `key` at `at`, the heaviest first, at most `count`. */
  neighboursOf(key: string, at: number, count: number = MOST_NEIGHBOURS): Neighbour[] {
    const record = this.record(key, at);
    return record ? neighboursIn(record, this.decay, at).slice(0, count) : [];
  }

  /** What changed since it was asked last: nodes to be stored, and `undefined` for those that are gone. */
  takeChanges(at: number): Map<string, NodeRecord | undefined> {
    const changes = new Map<string, NodeRecord | undefined>();
    for (const key of this.changed) changes.set(key, this.record(key, at));
    this.changed = new Set();
    return changes;
  }

  /** Every node, to be stored. */
  all(at: number): Map<string, NodeRecord | undefined> {
    return new Map([...this.nodes.keys()].map((key) => [key, this.record(key, at)]));
  }

  /** Takes over a node that was stored. */
  restore(key: string, [trails, neighbours]: NodeRecord): void {
    const kept = new Map(neighbours.map(([next, rank]) => [next, rank]));
    this.nodes.set(key, { trails: trails ?? NOTHING, neighbours: kept });
  }

  get totalRank(): Rank {
    return this.total;
  }

  set totalRank(rank: Rank) {
    this.total = rank;
  }

  private link(from: string, to: string, weight: number, at: number): void {
    const node = this.nodeOf(from);
    node.neighbours.set(to, this.decay.raised(node.neighbours.get(to) ?? NOTHING, weight, at));
    this.changed.add(from);
    if (node.neighbours.size > 2 * MOST_NEIGHBOURS) node.neighbours = new Map(heaviest(node, MOST_NEIGHBOURS));
  }

  private record(key: string, at: number): NodeRecord | undefined {
    const node = this.nodes.get(key);
    if (!node) return undefined;
    const total = this.decay.amount(this.total, at);
    const own = Math.max(this.decay.amount(node.trails, at), 1);
    const liftOf = (next: string, rank: Rank): number =>
      (this.decay.amount(rank, at) * total) / (own * Math.max(this.trailsOf(next, at), 1));
    const neighbours = heaviest(node, MOST_NEIGHBOURS);
    return [node.trails, neighbours.map(([next, rank]) => [next, rank, liftOf(next, rank)])];
  }

  private nodeOf(key: string): Node {
    let node = this.nodes.get(key);
    if (!node) this.nodes.set(key, (node = { trails: NOTHING, neighbours: new Map() }));
    return node;
  }

  private prune(): void {
    const ranked = [...this.nodes].sort(([, one], [, other]) => one.trails - other.trails);
    for (const [key] of ranked.slice(0, this.nodes.size - this.mostNodes)) {
      this.nodes.delete(key);
      this.changed.add(key);
    }
  }
}

/** The neighbours in a node that was stored, the heaviest first. */
export const neighboursIn = ([, neighbours]: NodeRecord, decay: Decay, at: number): Neighbour[] =>
  neighbours
    .map(([key, rank, lift]) => ({ key, weight: decay.amount(rank, at), lift }))
    .sort((one, other) => other.weight - one.weight);

const heaviest = ({ neighbours }: Node, count: number): [string, Rank][] =>
  [...neighbours].sort(([, one], [, other]) => other - one).slice(0, count);
