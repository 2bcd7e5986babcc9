import type { AheadPolicy } from '../region/ahead.js';
import type { Access } from './access-batch.js';
import { CoAccessGraph, type Follower } from './co-access.graph.js';
import { Decay, type Rank } from './decay.js';
import { DecayedSketch } from './decayed-sketch.js';
import { HotKeys } from './hot-keys.js';
import { PreloadLedger } from './preload-ledger.js';
import { VisitorTrails, type Trail } from './visitor-trails.js';

/** The bounds of what is learned of one region. */
const MOST_HOT = 1_024;
const MOST_NODES = 20_000;
const MOST_VISITORS = 20_000;
/** A step back in a trail, and what of a step it is worth. */
const STEPS = [1];

/** What is known of a key: how often it was read lately, and what is likely to be read. */
export interface Forecast {
  readonly key: string;
  /** How many reads of it are to be expected next. */
  readonly chance: number;
}

/** All that is learned of one region: counts, what follows what, who is where, and what became of preloads. */
export class AheadModel {
  readonly counts: Decay;
  readonly sketch: DecayedSketch;
  readonly hot = new HotKeys(MOST_HOT);
  readonly graph: CoAccessGraph;
  readonly trails = new VisitorTrails(MOST_VISITORS);
  readonly ledger = new PreloadLedger();
  /** When a key was read last, of those that are hot. */
  private readonly follows: Decay;

  constructor(policy: Required<AheadPolicy>) {
    this.counts = new Decay(policy.halfLifeMs);
    this.follows = new Decay(policy.followHalfLifeMs);
    this.sketch = new DecayedSketch(this.counts);
    this.graph = new CoAccessGraph(this.follows, MOST_NODES);
  }

  /** Learns of one read. */
  learn({ key, visitor, at }: Access): void {
    this.ledger.read(key, at);
    const before = visitor === '' ? undefined : this.trails.step(visitor, key, at);
    if (visitor !== '' && before === undefined) return; // a machine: its reads say nothing of anyone's next
    this.hot.offer(key, this.sketch.add(key, at));
    if (before === undefined || before.keys[0] === key) return;
    this.graph.see(key, at);
    for (const [back, worth] of STEPS.entries()) {
      const from = before.keys[back];
      if (from !== undefined && from !== key) this.graph.follow(from, key, worth, at);
    }
  }

  /** What those who read since it was asked last are likely to read next, the likeliest first, no less likely than `least`. */
  expected(at: number, least: number): Forecast[] {
    const missed = new Map<string, number>();
    for (const trail of this.trails.takeActive()) {
      for (const { key, chance } of this.nextOf(trail, at)) {
        if (chance >= least) missed.set(key, (missed.get(key) ?? 1) * (1 - chance));
      }
    }
    const forecasts = [...missed].map(([key, without]): Forecast => ({ key, chance: 1 - without }));
    return forecasts.sort((one, other) => other.chance - one.chance);
  }

  /** The keys that were read so often lately, the hottest first. */
  hottest(count: number, least: number, at: number): { readonly key: string; readonly score: number }[] {
    const floor: Rank = this.counts.rank(least, at);
    return this.hot.top(count, floor).map(([key, rank]) => ({ key, score: this.counts.amount(rank, at) }));
  }

  followersOf(key: string, at: number, count?: number): Follower[] {
    return this.graph.followersOf(key, at, count);
  }

  private nextOf(trail: Trail, at: number): Follower[] {
    const [last] = trail.keys;
    if (last === undefined) return [];
    return this.graph.followersOf(last, at).filter(({ key, lift }) => lift > 1 && !trail.keys.includes(key));
  }
}
