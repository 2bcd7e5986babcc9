import type { Coherence } from '../coherence/coherence.js';
import { Unsent } from '../coherence/unsent.js';
import { isUncommitted, onceCommitted } from '../coherence/write-scope.js';
import { notePosition } from '../coherence/position.js';
import { StoreUnavailableError } from '../errors.js';
import type { CacheEvents } from '../events/cache-events.js';
import type { Envelope } from '../region/envelope.js';
import type { Dropped, SharedStore } from '../stores/shared.store.js';
import type { TagStore } from '../stores/tag.store.js';
import { partitionOf } from '../topology/partitions.js';
import { inBatches, sendBatches } from './drop-batches.js';

/** How many of each kind are sent at once: more would not be answered within the deadline. */
const AT_ONCE = 500;

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
    private readonly distrust: (cause: unknown) => void,
  ) {}

  /** How many invalidations wait to be sent, or for the answer to having been sent late. */
  get waiting(): number {
    return this.unsent.size + this.catchingUp;
  }

  /** The value under `name`; with `below`, only if its version is lower. */
  name(name: string, prefix: string, below = 0): Promise<void> {
    return this.names([{ name, below }], prefix);
  }

  /** The values under each of these names of one region: many cost little more than one. */
  names(dropped: readonly Dropped[], prefix: string): Promise<void> {
    return onceCommitted(async () => {
      for (const { name } of dropped) this.coherence.dropName(name);
      if (dropped.length === 1) await this.batch(dropped, prefix);
      else await sendBatches(inBatches(dropped), (batch) => this.batch(batch, prefix));
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

  /**
   * A ticket for a write under `name` that begins now: by it the outcome may be kept. '' where it cannot be had, or in a
   * transaction, which may run its work again.
   */
  async ticket(name: string): Promise<string> {
    if (isUncommitted()) return '';
    try {
      return await this.shared.ticket(name);
    } catch (cause) {
      this.events.emit('fault', { during: 'announcing a write, whose value is not kept', cause });
      return '';
    }
  }

  /** Replaces what is known to be older under `name`, else invalidates; in a transaction, which may fail, it only does that. */
  async write(
    { name, prefix }: { readonly name: string; readonly prefix: string },
    envelope: Envelope,
    ticket: string,
    { isByTicket = false } = {},
  ): Promise<void> {
    if (isUncommitted()) return this.name(name, prefix);
    this.coherence.dropName(name);
    await this.send(
      async () =>
        notePosition(partitionOf(name), (await this.shared.write(name, envelope, ticket, { isByTicket })).position),
      () => this.unsent.name(name, 0, prefix),
    );
    this.coherence.dropName(name);
  }

  /**
   * Replaces exactly `seen` under `name`; in a transaction, which may fail, it invalidates. Answers whether the name is done
   * with: `false` when another envelope, or none, is there by now.
   */
  async amend(
    { name, prefix }: { readonly name: string; readonly prefix: string },
    seen: Envelope,
    envelope: Envelope,
  ): Promise<boolean> {
    if (isUncommitted()) {
      await this.name(name, prefix);
      return true;
    }
    let isDone = true;
    await this.send(
      async () => {
        const position = await this.shared.amend(name, seen, envelope);
        if (position === undefined) isDone = false;
        else notePosition(partitionOf(name), position);
      },
      () => this.unsent.name(name, 0, prefix),
    );
    this.coherence.dropName(name);
    return isDone;
  }

  /**
   * Runs a write of the values under these names between marks: from before it begins until it is committed, readers ask
   * the source.
   * @throws {StoreUnavailableError} a mark cannot be set, so nothing was written
   */
  async marked<T>(names: readonly string[], work: () => Promise<T>): Promise<T> {
    const marks: { name: string; token: string }[] = [];
    const unmark = async (): Promise<void> => {
      await Promise.all(marks.map(({ name, token }) => this.shared.unmark(name, token)));
    };
    // A mark that stays ends by itself, and until then readers ask the source.
    const leave = (): Promise<void> =>
      unmark().catch((cause: unknown) => void this.events.emit('fault', { during: 'ending a write mark', cause }));
    const set = names.map(async (name) => marks.push({ name, token: await this.shared.mark(name) }));
    const failed = (await Promise.allSettled(set)).find((result) => result.status === 'rejected');
    if (failed) {
      await leave();
      throw failed.reason;
    }
    try {
      return await work();
    } finally {
      await onceCommitted(leave);
    }
  }

  /** Sends what waits, though the shared store is not trusted yet; what fails waits on, and the error says so. */
  async catchUp(): Promise<void> {
    while (this.unsent.size > 0) {
      const { names, tags, prefixes, isEverything } = this.unsent.take(AT_ONCE);
      await this.resend([
        ...(isEverything
          ? [
              this.late(
                () => this.shared.clearAll(),
                () => this.unsent.everything(),
              ),
            ]
          : []),
        ...inBatches(names.map(([name, below]) => ({ name, below }))).map((batch) => this.lateBatch(batch)),
        ...tags.map(([tag, markStale]) => this.lateTag(tag, markStale)),
        ...prefixes.map((prefix) => this.latePrefix(prefix)),
      ]);
    }
  }

  /** Names of one partition, already dropped here. */
  private async batch(batch: readonly Dropped[], prefix: string): Promise<void> {
    const [{ name: first } = { name: '' }] = batch;
    await this.send(
      async () => notePosition(partitionOf(first), await this.shared.removeAll(batch)),
      () => batch.forEach(({ name, below }) => this.unsent.name(name, below, prefix)),
    );
    for (const { name } of batch) {
      this.coherence.dropName(name); // a reader may have copied the old value while the order was on its way
      this.events.emit('invalidated', { key: name, own: true });
    }
  }

  private lateBatch(batch: readonly Dropped[]): Promise<void> {
    return this.late(
      async () => {
        await this.shared.removeAll(batch, { untrusted: true });
        for (const { name } of batch) this.coherence.dropName(name);
      },
      () => batch.forEach(({ name, below }) => this.unsent.name(name, below, name.split(':', 1)[0] ?? name)),
      batch.length,
    );
  }

  private lateTag(tag: string, markStale: boolean): Promise<void> {
    return this.late(
      async () => {
        this.coherence.noteTag(tag, await this.tags.remove(tag, { markStale, untrusted: true }), markStale);
        this.coherence.dropTag(tag);
      },
      () => this.unsent.tag(tag, markStale),
    );
  }

  private latePrefix(prefix: string): Promise<void> {
    return this.late(
      async () => {
        await this.shared.clear(prefix, { untrusted: true });
        this.coherence.dropPrefix(prefix);
      },
      () => this.unsent.prefix(prefix),
    );
  }

  /** One that is sent late, or so many at once; handed back when it fails. */
  private async late(order: () => Promise<void>, keep: () => void, count = 1): Promise<void> {
    this.catchingUp += count;
    try {
      await order();
    } catch (error) {
      keep();
      throw error;
    } finally {
      this.catchingUp -= count;
    }
  }

  private async resend(orders: readonly Promise<void>[]): Promise<void> {
    const failed = (await Promise.allSettled(orders)).find((result) => result.status === 'rejected');
    if (failed) throw new StoreUnavailableError(failed.reason);
  }

  private async send(order: () => Promise<void>, keep: () => void): Promise<void> {
    try {
      await order();
    } catch (cause) {
      if (!(cause instanceof StoreUnavailableError)) throw cause;
      keep();
      // whatever the reason was: until this is sent, a kept value may be one that it would have dropped
      this.distrust(cause);
      this.events.emit('fault', { during: 'sending an invalidation, which is kept', cause });
    }
  }
}
