import type { AheadPolicy } from '../region/ahead.js';
import type { Access } from './access-batch.js';
import { CoAccessGraph, type Neighbour } from './co-access.graph.js';
import { Decay, type Rank } from './decay.js';
import { DecayedSketch } from './decayed-sketch.js';
import { HotKeys } from './hot-keys.js';
import { PreloadLedger } from './preload-ledger.js';
import { VisitorTrails, type Trail } from './visitor-trails.js';

/** The bounds of what is learned of one region. */
const MOST_HOT = 1_024;
const MOST_NODES = 20_000;
const MOST_VISITORS = 20_000;
/** What a key further back in a trail says of what is read next, of what the one after it says. */
const RECENCY = 0.9;
/** What it is worth that a key is read by many, beside what it has to do with the trail. */
const POPULARITY = 0.2;
/** How many popular keys are guesses. */
const MOST_POPULAR = 400;
/** A key is popular from so many trails on, decayed. */
const LEAST_TRAILS = 1.2;

/** A key that is likely to be read, and how much that is worth. */
export interface Guess {
  readonly key: string;
  readonly worth: number;
}

/** All that is learned of one region: counts, what goes with what, who is where, and what became of preloads. */
export class AheadModel {
  readonly sketch: DecayedSketch;
  readonly hot = new HotKeys(MOST_HOT);
  readonly graph: CoAccessGraph;
  readonly trails = new VisitorTrails(MOST_VISITORS);
  readonly ledger = new PreloadLedger();
  private readonly counts: Decay;

  constructor(policy: Required<AheadPolicy>) {
    this.counts = new Decay(policy.halfLifeMs);
    this.sketch = new DecayedSketch(this.counts);
    this.graph = new CoAccessGraph(new Decay(policy.graphHalfLifeMs), MOST_NODES);
  }

  /** Learns of one read. */
  learn({ key, visitor, at }: Access): void {
    this.ledger.read(key, at);
    const before = visitor === '' ? undefined : this.trails.step(visitor, key, at);
    if (visitor !== '' && before === undefined) return; // a machine: its reads say nothing of anyone's next
    this.hot.offer(key, this.sketch.add(key, at));
    if (before && !before.keys.includes(key)) this.graph.join(key, before.keys, at);
  }

  /** What those who read since it was asked last are likely to read, what is worth most first, nothing worth less than `least`. */
  guesses(at: number, least: number): Guess[] {
    const worths = new Map<string, number>();
    const active = this.trails.takeActive();
    for (const trail of active) {
      for (const [key, relation] of this.related(trail, at)) {
        const trails = this.graph.trailsOf(key, at);
        const worth = relation * Math.sqrt(trails) + POPULARITY * trails;
        worths.set(key, (worths.get(key) ?? 0) + worth);
      }
    }
    // what is read by many anyone may read, whatever his trail
    for (const key of active.length > 0 ? this.popular(MOST_POPULAR, at) : []) {
      if (!worths.has(key)) worths.set(key, POPULARITY * this.graph.trailsOf(key, at));
    }
    const guesses = [...worths].map(([key, worth]): Guess => ({ key, worth })).filter(({ worth }) => worth >= least);
    return guesses.sort((one, other) => other.worth - one.worth);
  }

  /** The keys that were read so often lately, the hottest first. */
  hottest(count: number, least: number, at: number): { readonly key: string; readonly score: number }[] {
    const floor: Rank = this.counts.rank(least, at);
    return this.hot.top(count, floor).map(([key, rank]) => ({ key, score: this.counts.amount(rank, at) }));
  }

  /** The keys that most trails held, the first the most: of those that one alone held nothing is known. */
  popular(count: number, at: number): string[] {
    return this.graph.popular(count, LEAST_TRAILS, at);
  }

  neighboursOf(key: string, at: number, count?: number): Neighbour[] {
    return this.graph.neighboursOf(key, at, count);
  }

  /** What goes with the keys of a trail, by the sum of what each says. */
  private related({ keys }: Trail, at: number): Map<string, number> {
    const relations = new Map<string, number>();
    let recency = 1;
    for (const key of keys) {
      for (const [next, weight] of this.graph.weightsOf(key, at))
        relations.set(next, (relations.get(next) ?? 0) + recency * weight);
      recency *= RECENCY;
    }
    return relations;
  }
}
