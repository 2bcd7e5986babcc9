import { type Decay, NOTHING, type Rank } from './decay.js';

/** How many followers of a key are kept; up to twice as many between two prunings. */
export const MOST_FOLLOWERS = 16;

/** What is read after a key. */
export interface Follower {
  readonly key: string;
  /** The decayed count of times that it followed. */
  readonly weight: number;
  /** How likely it is what is read next, 0 to 1; little evidence counts for little. */
  readonly chance: number;
  /** How much likelier than after any other key; 1 is by chance. */
  readonly lift: number;
}

/** What is known of one key, as ranks. */
interface Node {
  /** How often it was read. */
  seen: Rank;
  /** How often something followed it. */
  left: Rank;
  followers: Map<string, Rank>;
}

/** A follower as it is stored, with its lift at that time. */
type FollowerRecord = readonly [key: string, rank: Rank, lift: number];

/** A node as it is stored, as JSON, which knows no infinity. */
export type NodeRecord = readonly [seen: Rank | null, left: Rank | null, followers: readonly FollowerRecord[]];

/** So much evidence is taken to have been for something else. */
const DOUBT = 1;

/**
 * Which key the same visitor reads next, decaying and bounded: some followers a key, some keys in all, the coldest going
 * first. It is judged by lift, so a bestseller, which is read after everything, follows nothing.
 */
export class CoAccessGraph {
  private readonly nodes = new Map<string, Node>();
  private total: Rank = NOTHING;
  private changed = new Set<string>();

  constructor(
    private readonly decay: Decay,
    private readonly mostNodes: number,
  ) {}

  get size(): number {
    return this.nodes.size;
  }

  /** Notes a read of `key`. */
  see(key: string, at: number): void {
    const node = this.nodeOf(key);
    node.seen = this.decay.raised(node.seen, 1, at);
    this.total = this.decay.raised(this.total, 1, at);
    this.changed.add(key);
    if (this.nodes.size > this.mostNodes + this.mostNodes / 4) this.prune();
  }

  /** Notes that `next` was read after `key`, `weight` of 1 for the very next. */
  follow(key: string, next: string, weight: number, at: number): void {
    const node = this.nodeOf(key);
    node.followers.set(next, this.decay.raised(node.followers.get(next) ?? NOTHING, weight, at));
    node.left = this.decay.raised(node.left, weight, at);
    this.changed.add(key);
    if (node.followers.size > 2 * MOST_FOLLOWERS) node.followers = new Map(strongest(node, MOST_FOLLOWERS));
  }

  /** What follows `key` at `at`, the likeliest first, at most `count`. */
  followersOf(key: string, at: number, count: number = MOST_FOLLOWERS): Follower[] {
    const node = this.nodes.get(key);
    if (!node) return [];
    const followers = [...node.followers].map(([next, rank]) => ({
      ...evidence(this.decay, rank, node.left, at),
      ...{ key: next, lift: this.lift(node, next, rank, at) },
    }));
    return followers.sort((one, other) => other.chance - one.chance).slice(0, count);
  }

  /** What changed since it was asked last: nodes to be stored, and `undefined` for those that are gone. */
  takeChanges(at: number): Map<string, NodeRecord | undefined> {
    const changes = new Map<string, NodeRecord | undefined>();
    for (const key of this.changed) changes.set(key, this.record(key, at));
    this.changed = new Set();
    return changes;
  }

  /** Takes over a node that was stored. */
  restore(key: string, [seen, left, followers]: NodeRecord): void {
    this.nodes.set(key, {
      seen: seen ?? NOTHING,
      left: left ?? NOTHING,
      followers: new Map(followers.map(([next, rank]) => [next, rank])),
    });
  }

  get totalRank(): Rank {
    return this.total;
  }

  set totalRank(rank: Rank) {
    this.total = rank;
  }

  private record(key: string, at: number): NodeRecord | undefined {
    const node = this.nodes.get(key);
    if (!node) return undefined;
    const followers = strongest(node, MOST_FOLLOWERS);
    return [node.seen, node.left, followers.map(([next, rank]) => [next, rank, this.lift(node, next, rank, at)])];
  }

  /** How much likelier it is read after this node than after any; by shares of reads, what is hardly known is taken to be rare. */
  private lift({ left }: Node, next: string, rank: Rank, at: number): number {
    const total = this.decay.amount(this.total, at);
    const seen = this.decay.amount(this.nodes.get(next)?.seen ?? NOTHING, at);
    const after = this.decay.amount(rank, at) / this.decay.amount(left, at);
    return (after * total) / Math.max(seen, 1);
  }

  private nodeOf(key: string): Node {
    let node = this.nodes.get(key);
    if (!node) this.nodes.set(key, (node = { seen: NOTHING, left: NOTHING, followers: new Map() }));
    return node;
  }

  private prune(): void {
    const ranked = [...this.nodes].sort(([, one], [, other]) => one.seen - other.seen);
    for (const [key] of ranked.slice(0, this.nodes.size - this.mostNodes)) {
      this.nodes.delete(key);
      this.changed.add(key);
    }
  }
}

const evidence = (decay: Decay, rank: Rank, left: Rank, at: number): Pick<Follower, 'weight' | 'chance'> => {
  const weight = decay.amount(rank, at);
  return { weight, chance: weight / (decay.amount(left, at) + DOUBT) };
};

/** What followed a node that was stored, the likeliest first. */
export const followersIn = ([, left, followers]: NodeRecord, decay: Decay, at: number): Follower[] =>
  followers
    .map(([key, rank, lift]) => ({ ...evidence(decay, rank, left ?? NOTHING, at), key, lift }))
    .sort((one, other) => other.chance - one.chance);

const strongest = ({ followers }: Node, count: number): [string, Rank][] =>
  [...followers].sort(([, one], [, other]) => other - one).slice(0, count);
