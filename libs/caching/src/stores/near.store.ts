import { LRUCache } from 'lru-cache';
import type { Envelope } from '../region/envelope.js';
import { Store, type LeaseAnswer } from './store.js';

/** A near copy: an envelope with its value decoded once, and until when it is served, by the monotonic clock. */
export interface NearEntry {
  readonly envelope: Envelope;
  readonly value: unknown;
  readonly region: string;
  readonly freshUntil: number;
  /** When a read starts a refresh although the value is fresh: drawn once, by XFetch. */
  readonly refreshAfter: number;
}

/** The limits of the near store of one process. */
export interface NearLimits {
  readonly maxEntries: number;
  readonly maxBytes: number;
}

const ENTRY_BYTES = 256;

/** Near copies in this process. Every answer is immediate; what is dropped is dropped with its leases. */
export class NearStore extends Store {
  private readonly entries: LRUCache<string, NearEntry>;
  private readonly leases = new Map<string, string>();
  private readonly members = new Map<string, Set<string>>();
  private nextLease = 0;

  constructor(limits: NearLimits, onEvicted: (region: string) => void = () => undefined) {
    super();
    this.entries = new LRUCache<string, NearEntry>({
      max: limits.maxEntries,
      maxSize: limits.maxBytes,
      sizeCalculation: ({ envelope }, name) => ENTRY_BYTES + name.length * 2 + envelope.body.length * 2,
      dispose: (entry, name, reason) => {
        this.forgetTags(name, entry);
        if (reason === 'evict') onEvicted(entry.region);
      },
    });
  }

  get size(): number {
    return this.entries.size;
  }

  get bytes(): number {
    return this.entries.calculatedSize;
  }

  /** The copy under `name`, fresh or not. */
  entry(name: string): NearEntry | undefined {
    return this.entries.get(name);
  }

  override read(name: string): Envelope | undefined {
    return this.entries.get(name)?.envelope;
  }

  override lease(name: string): Extract<LeaseAnswer, { kind: 'granted' }> {
    const token = String((this.nextLease += 1));
    this.leases.set(name, token);
    return { kind: 'granted', token };
  }

  override fill(name: string, token: string, envelope: Envelope): boolean {
    return this.keep(name, token, {
      envelope,
      value: JSON.parse(envelope.body.toString()) as unknown,
      region: '',
      freshUntil: performance.now() + envelope.freshUntil - envelope.writtenAt,
      refreshAfter: Infinity,
    });
  }

  /** As `fill`, with what the reader already knows. */
  keep(name: string, token: string, entry: NearEntry): boolean {
    if (this.leases.get(name) !== token) return false;
    this.leases.delete(name);
    this.entries.set(name, entry);
    for (const [tag] of entry.envelope.tags) {
      let names = this.members.get(tag);
      if (!names) this.members.set(tag, (names = new Set()));
      names.add(name);
    }
    return true;
  }

  /** Gives a lease back without a value. */
  release(name: string, token: string): void {
    if (this.leases.get(name) === token) this.leases.delete(name);
  }

  override remove(name: string): boolean {
    this.leases.delete(name);
    return this.entries.delete(name);
  }

  /** Drops every copy that carries `tag`, and answers how many there were. */
  removeTagged(tag: string): number {
    const names = [...(this.members.get(tag) ?? [])];
    for (const name of names) this.remove(name);
    return names.length;
  }

  /** Drops every copy whose name begins with `prefix`. */
  removePrefix(prefix: string): void {
    for (const name of [...this.entries.keys(), ...this.leases.keys()]) {
      if (name.startsWith(prefix)) this.remove(name);
    }
  }

  clear(): void {
    this.entries.clear();
    this.leases.clear();
  }

  private forgetTags(name: string, { envelope }: NearEntry): void {
    for (const [tag] of envelope.tags) {
      const names = this.members.get(tag);
      names?.delete(name);
      if (names?.size === 0) this.members.delete(tag);
    }
  }
}
