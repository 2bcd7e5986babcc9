import { FrequencySketch, hashOf } from './frequency-sketch.js';

const WINDOW_SHARE = 0.01;
const PROTECTED_SHARE = 0.8;

type Segment = 'window' | 'probation' | 'protected';

interface Node<V> {
  readonly key: string;
  readonly hash: number;
  value: V;
  weight: number;
  segment: Segment;
  newer: Node<V>;
  older: Node<V>;
}

/** A doubly linked ring: `newer` of its root is the oldest, `older` of its root the newest. */
class Ring<V> {
  count = 0;
  private readonly root: Node<V>;

  constructor() {
    const root = { key: '', hash: 0, weight: 0, segment: 'window' } as unknown as Node<V>;
    root.newer = root;
    root.older = root;
    this.root = root;
  }

  get oldest(): Node<V> | undefined {
    return this.count === 0 ? undefined : this.root.newer;
  }

  isNewest(node: Node<V>): boolean {
    return this.root.older === node;
  }

  add(node: Node<V>): void {
    const newest = this.root.older;
    node.older = newest;
    node.newer = this.root;
    newest.newer = node;
    this.root.older = node;
    this.count += 1;
  }

  remove(node: Node<V>): void {
    node.older.newer = node.newer;
    node.newer.older = node.older;
    this.count -= 1;
  }
}

/** What room there is. */
export interface Room {
  readonly maxEntries: number;
  readonly maxWeight: number;
}

/**
 * A map with room for so many entries and so much weight. A newcomer first lives in a small window; to stay it must have
 * been seen more often lately than the entry it would push out, so a scan does not flush what is hot. Idea: W-TinyLFU
 * (Einziger, Friedman and Manes 2017), without the adaptive window.
 */
export class TinyLfu<V> {
  weight = 0;
  private readonly nodes = new Map<string, Node<V>>();
  private readonly rings = { window: new Ring<V>(), probation: new Ring<V>(), protected: new Ring<V>() };
  private readonly sketch: FrequencySketch;
  private readonly windowMost: number;
  private readonly protectedMost: number;

  constructor(
    private readonly room: Room,
    /** Hears of every entry that left, for want of room or because it was deleted or replaced. */
    private readonly onLeave: (key: string, value: V, isEvicted: boolean) => void = () => undefined,
  ) {
    this.sketch = new FrequencySketch(room.maxEntries);
    this.windowMost = Math.max(1, Math.round(room.maxEntries * WINDOW_SHARE));
    this.protectedMost = Math.max(1, Math.floor((room.maxEntries - this.windowMost) * PROTECTED_SHARE));
  }

  get size(): number {
    return this.nodes.size;
  }

  keys(): IterableIterator<string> {
    return this.nodes.keys();
  }

  /** The value under `key`, which counts as seen. */
  get(key: string): V | undefined {
    const node = this.nodes.get(key);
    if (node === undefined) return undefined;
    this.sketch.see(node.hash);
    this.touch(node);
    return node.value;
  }

  /** The value under `key`, unseen. */
  peek(key: string): V | undefined {
    return this.nodes.get(key)?.value;
  }

  set(key: string, value: V, weight: number): void {
    this.delete(key);
    const hash = hashOf(key);
    const node = { key, hash, value, weight, segment: 'window' } as Node<V>;
    this.sketch.see(hash);
    this.nodes.set(key, node);
    this.rings.window.add(node);
    this.weight += weight;
    this.makeRoom();
  }

  delete(key: string): boolean {
    const node = this.nodes.get(key);
    if (node) this.drop(node, false);
    return node !== undefined;
  }

  clear(): void {
    for (const node of [...this.nodes.values()]) this.drop(node, false);
  }

  /** Evicts the coldest: probation from its oldest on, then the window, then what is protected; answers how many. */
  shed(count: number): number {
    let shed = 0;
    for (const ring of [this.rings.probation, this.rings.window, this.rings.protected]) {
      for (let node = ring.oldest; node && shed < count; node = ring.oldest) {
        this.drop(node, true);
        shed += 1;
      }
    }
    return shed;
  }

  private touch(node: Node<V>): void {
    const ring = this.rings[node.segment];
    if (node.segment !== 'probation') {
      if (ring.isNewest(node)) return;
      ring.remove(node);
      ring.add(node);
      return;
    }
    this.move(node, 'protected');
    const { oldest } = this.rings.protected;
    if (oldest && this.rings.protected.count > this.protectedMost) this.move(oldest, 'probation');
  }

  private move(node: Node<V>, segment: Segment): void {
    this.rings[node.segment].remove(node);
    node.segment = segment;
    this.rings[segment].add(node);
  }

  private makeRoom(): void {
    let candidate: Node<V> | undefined;
    while (this.rings.window.count > this.windowMost && this.rings.window.oldest) {
      candidate = this.rings.window.oldest;
      this.move(candidate, 'probation');
    }
    while (this.nodes.size > this.room.maxEntries || this.weight > this.room.maxWeight) {
      const victim = this.rings.probation.oldest ?? this.rings.protected.oldest ?? this.rings.window.oldest;
      if (!victim) return;
      const isAdmitted =
        !candidate || candidate === victim || this.sketch.estimate(candidate.hash) > this.sketch.estimate(victim.hash);
      this.drop(isAdmitted || !candidate ? victim : candidate, true);
      if (!isAdmitted) candidate = undefined;
    }
  }

  private drop(node: Node<V>, isEvicted: boolean): void {
    this.rings[node.segment].remove(node);
    this.nodes.delete(node.key);
    this.weight -= node.weight;
    this.onLeave(node.key, node.value, isEvicted);
  }
}
