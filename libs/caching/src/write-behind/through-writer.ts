import type { CacheEvents } from '../events/cache-events.js';
import { WriteInvalidError, WriteLogFullError, WriteLogUnavailableError, WriteUnknownError } from '../errors.js';
import { RECEIPT_MS, type LoggedOperation } from './append-arguments.js';
import type { Flusher } from './flusher.js';
import type { LogConnection } from './log-connection.js';
import type { LogFigures } from './log-figures.js';
import { FLUSHERS, logKeys, logPartitionOf } from './log-keys.js';
import { LogScript } from './log-script.js';
import { writeOf } from './pending-write.js';
import { Turns } from './turns.js';
import { NEW_SEAL, writeIdOf } from './write-id.js';
import type { AcceptedWrite } from './write-log.js';
import { written, type WrittenOperation } from './write-operation.js';
import type { FlushOutcome, WriteSink } from './write-sink.js';

const scripts = { through: new LogScript('through'), withdraw: new LogScript('withdraw') };
/** How many records more than the log may hold can be on their way past it. */
const ROOM = 100;
/** How long one waits for its turn where others write the same value without pause. */
const TURN_WITHIN_MS = 5_000;

/**
 * Writes past a full log, in the order of each value's other writes: the operation becomes the value's claimed record, which
 * it can only while there is no other, so that nothing is accepted between what was pending and it, and what is accepted
 * meanwhile has a later position.
 */
export class ThroughWriter {
  private readonly turns = new Turns();

  constructor(
    private readonly connection: LogConnection,
    private readonly flusher: Flusher,
    private readonly figures: LogFigures,
    private readonly events: CacheEvents,
  ) {}

  /**
   * @throws {WriteInvalidError} it is none, or the source refuses it; it takes no effect
   * @throws {WriteLogFullError} too many others are on their way past the log; nothing was accepted
   * @throws {WriteLogUnavailableError} nothing was accepted
   * @throws {WriteUnknownError} the source did not answer: it may take effect, now or later
   * @throws whatever keeps the source from applying what was pending; nothing was accepted
   */
  async write(logged: LoggedOperation, sink: WriteSink): Promise<AcceptedWrite> {
    const sent = written(logged.region, logged.operation);
    return this.turns.take(logged.name, async () => {
      const { position, seal, isRepeat } = await this.claim(logged, sent);
      const accepted = {
        ...{ writeId: writeIdOf(position, logged.name, seal), position, pending: [] },
        durability: 'through' as const,
      };
      if (isRepeat) {
        await this.flusher.settle([logged.name]);
        return accepted;
      }
      const outcome = await this.applied(logged, position, sink);
      if (outcome.state === 'refused') {
        await this.withdraw(logged, position);
        throw new WriteInvalidError(logged.region, outcome.reason);
      }
      await this.end(logged.name, position, outcome);
      return accepted;
    });
  }

  /** Has what is pending applied until the operation is the value's only record. */
  private async claim(
    { name, params, id = '', idKeptMs = RECEIPT_MS }: LoggedOperation,
    { shape, values }: WrittenOperation,
  ): Promise<{ position: number; seal: string; isRepeat: boolean }> {
    const partition = logPartitionOf(name);
    const keys = [
      ...[logKeys.sequence(partition), logKeys.log(partition), logKeys.counts(partition)],
      ...[logKeys.claimed(name), logKeys.pending(name), logKeys.receipt(name, id)],
    ];
    const until = performance.now() + TURN_WITHIN_MS;
    do {
      await this.flusher.settle([name]);
      if (this.figures.isFullBy(ROOM)) throw new WriteLogFullError(this.figures.entries);
      const [position, entries, bytes, seal] = (await this.connection.write((client) =>
        scripts.through.run(client, keys, [name, JSON.stringify(params), id, idKeptMs, NEW_SEAL, ...shape, ...values]),
      )) as [string, string, string, string];
      if (position.startsWith('-')) return { position: -Number(position), seal, isRepeat: true };
      this.figures.learn(partition, Number(entries), Number(bytes));
      if (position !== '') return { position: Number(position), seal, isRepeat: false };
    } while (performance.now() < until);
    throw new WriteLogUnavailableError(`others write "${name}" without pause`);
  }

  private async applied(
    { name, params, operation }: LoggedOperation,
    position: number,
    sink: WriteSink,
  ): Promise<FlushOutcome> {
    try {
      const [outcome] = await sink.apply([writeOf({ name, params, position, operation })]);
      return outcome ?? { state: 'refused', reason: 'the sink said nothing of it' };
    } catch (error) {
      // it stays in the log, since it may have arrived
      if (sink.isUnavailable(error)) throw new WriteUnknownError(error);
      return { state: 'refused', reason: String(error) };
    }
  }

  private async withdraw({ name, id = '' }: LoggedOperation, position: number): Promise<void> {
    const partition = logPartitionOf(name);
    const keys = [
      ...[logKeys.log(partition), logKeys.counts(partition), logKeys.claimed(name), logKeys.pending(name)],
      logKeys.receipt(name, id),
    ];
    await this.connection.use((client) => scripts.withdraw.run(client, keys, [FLUSHERS, position]));
  }

  /** The source has it: should the log not hear of that now, a flusher finds out. */
  private async end(name: string, last: number, { state }: FlushOutcome): Promise<void> {
    try {
      await this.flusher.acknowledge([{ name, last, reason: state === 'superseded' ? 'superseded' : '' }]);
    } catch (cause) {
      this.events.emit('fault', { during: 'ending a write past the log', cause });
    }
  }
}
