import type { Coherence } from '../coherence/coherence.js';
import { Unsent } from '../coherence/unsent.js';
import { onceCommitted } from '../coherence/write-scope.js';
import { notePosition } from '../coherence/position.js';
import { StoreUnavailableError } from '../errors.js';
import type { CacheEvents } from '../events/cache-events.js';
import type { Envelope } from '../region/envelope.js';
import type { SharedStore } from '../stores/shared.store.js';
import type { TagStore } from '../stores/tag.store.js';
import { partitionOf } from '../topology/partitions.js';

/**
 * Says that values are no longer true: here at once, in the shared store, and to every node. What cannot be sent is
 * kept, newest per name, and sent before the shared store is trusted again.
 */
export class Invalidator {
  private readonly unsent = new Unsent();
  private catchingUp = 0;

  constructor(
    private readonly shared: SharedStore,
    private readonly tags: TagStore,
    private readonly coherence: Coherence,
    private readonly events: CacheEvents,
  ) {}

  /** How many invalidations wait to be sent, or for the answer to having been sent late. */
  get waiting(): number {
    return this.unsent.size + this.catchingUp;
  }

  /** The value under `name`; with `below`, only if its version is lower. */
  name(name: string, prefix: string, below = 0): Promise<void> {
    return onceCommitted(async () => {
      this.coherence.dropName(name);
      await this.send(
        async () => notePosition(partitionOf(name), await this.shared.remove(name, { below })),
        () => this.unsent.name(name, below, prefix),
      );
      this.coherence.dropName(name); // a reader may have copied the old value while the order was on its way
      this.events.emit('invalidated', { key: name, own: true });
    });
  }

  /** Every value that carries `tag`. */
  tag(tag: string, markStale = false): Promise<void> {
    return onceCommitted(async () => {
      this.coherence.dropTag(tag);
      await this.send(
        async () => {
          const position = await this.tags.remove(tag, { markStale });
          this.coherence.noteTag(tag, position, markStale);
          notePosition(partitionOf(tag), position);
        },
        () => this.unsent.tag(tag, markStale),
      );
      this.coherence.dropTag(tag);
      this.events.emit('invalidated', { tag, own: true });
    });
  }

  /** Every value of a region. */
  prefix(prefix: string): Promise<void> {
    return onceCommitted(async () => {
      this.coherence.dropPrefix(prefix);
      await this.send(
        async () => notePosition(partitionOf(prefix), await this.shared.clear(prefix)),
        () => this.unsent.prefix(prefix),
      );
      this.coherence.dropPrefix(prefix);
      this.events.emit('invalidated', { region: prefix, own: true });
    });
  }

  /** Replaces the value under `name`, unless a newer version is there; after a failed transaction it is invalidated. */
  write(name: string, prefix: string, envelope: Envelope): Promise<void> {
    return onceCommitted(async (isCommitted) => {
      if (!isCommitted) return this.name(name, prefix);
      this.coherence.dropName(name);
      await this.send(
        async () => notePosition(partitionOf(name), (await this.shared.write(name, envelope)).position),
        () => this.unsent.name(name, 0, prefix),
      );
      this.coherence.dropName(name);
    });
  }

  /**
   * Runs a write of the values under these names between marks: from before it begins until it is committed, readers ask
   * the source.
   * @throws {StoreUnavailableError} a mark cannot be set, so nothing was written
   */
  async marked<T>(names: readonly string[], work: () => Promise<T>): Promise<T> {
    const marks = await Promise.all(names.map(async (name) => ({ name, token: await this.shared.mark(name) })));
    const unmark = async (): Promise<void> => {
      await Promise.all(marks.map(({ name, token }) => this.shared.unmark(name, token)));
    };
    try {
      return await work();
    } finally {
      // A mark that stays ends by itself, and until then readers ask the source.
      await onceCommitted(() => this.send(unmark, () => undefined));
    }
  }

  /** Sends what waits, though the shared store is not trusted yet; what fails waits on, and the error says so. */
  async catchUp(): Promise<void> {
    const { names, tags, prefixes } = this.unsent.take();
    const untrusted = true;
    const count = names.length + tags.length + prefixes.length;
    this.catchingUp += count;
    const sent = await Promise.allSettled([
      ...names.map(async ([name, below]) => {
        await this.shared.remove(name, { below, untrusted }).catch((error: unknown) => {
          this.unsent.name(name, below, name.split(':', 1)[0] ?? name);
          throw error;
        });
      }),
      ...tags.map(async ([tag, markStale]) => {
        await this.tags.remove(tag, { markStale, untrusted }).catch((error: unknown) => {
          this.unsent.tag(tag, markStale);
          throw error;
        });
      }),
      ...prefixes.map(async (prefix) => {
        await this.shared.clear(prefix, { untrusted }).catch((error: unknown) => {
          this.unsent.prefix(prefix);
          throw error;
        });
      }),
    ]);
    this.catchingUp -= count;
    const failed = sent.find((result) => result.status === 'rejected');
    if (failed) throw new StoreUnavailableError(failed.reason);
  }

  private async send(order: () => Promise<void>, keep: () => void): Promise<void> {
    try {
      await order();
    } catch (cause) {
      if (!(cause instanceof StoreUnavailableError)) throw cause;
      keep();
      this.events.emit('fault', { during: 'sending an invalidation, which is kept', cause });
    }
  }
}
