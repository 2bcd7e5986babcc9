/** After so long without a read, a visitor who comes back begins anew. */
const IDLE_MS = 30 * 60_000;
/** Who reads more keys than that without a pause is a machine: nothing is learned of it. */
const MOST_READ = 200;
/** How many of a visitor's last keys are remembered. */
const REMEMBERED = 20;

/** What one visitor read lately. */
export interface Trail {
  /** The last keys, the newest first; none twice. */
  readonly keys: readonly string[];
  /** When the newest was read, in ms since the epoch. */
  readonly at: number;
  /** How many reads it is long. */
  readonly length: number;
}

const NEW: Trail = { keys: [], at: -Infinity, length: 0 };

/** What visitors read lately, of so many visitors at most: those who read last. */
export class VisitorTrails {
  private readonly trails = new Map<string, Trail>();
  /** Who read since it was asked last. */
  private active = new Set<string>();

  constructor(private readonly most: number) {}

  get size(): number {
    return this.trails.size;
  }

  /** The trail before this read, to which the read is added; `undefined` of a visitor of whom nothing is learned. */
  step(visitor: string, key: string, at: number): Trail | undefined {
    const known = this.trails.get(visitor) ?? NEW;
    const before = at - known.at > IDLE_MS ? NEW : known;
    const keys = [key, ...before.keys.filter((one) => one !== key)].slice(0, REMEMBERED);
    this.trails.delete(visitor); // so that it becomes the newest
    this.trails.set(visitor, { keys, at: Math.max(at, before.at), length: before.length + 1 });
    if (this.trails.size > this.most) this.forgetOldest();
    if (before.length >= MOST_READ) return undefined;
    this.active.add(visitor);
    return before;
  }

  /** The trails of those who read since it was asked last. */
  takeActive(): Trail[] {
    const trails = [...this.active].map((visitor) => this.trails.get(visitor)).filter((trail) => trail !== undefined);
    this.active = new Set();
    return trails.filter(({ length }) => length <= MOST_READ);
  }

  private forgetOldest(): void {
    const { value: oldest } = this.trails.keys().next();
    if (oldest === undefined) return;
    this.trails.delete(oldest);
    this.active.delete(oldest);
  }
}
