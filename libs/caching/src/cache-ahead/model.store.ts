import { readFileSync } from 'node:fs';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { Redis } from 'ioredis';
import type { AheadPolicy } from '../region/ahead.js';
import { LuaScript } from '../topology/lua-script.js';
import { type AccessBatch, decodeBatch, encodeBatch } from './access-batch.js';
import { AheadModel } from './ahead.model.js';
import type { AheadReport } from './ahead.report.js';
import type { NodeRecord } from './co-access.graph.js';
import { NOTHING } from './decay.js';
import type { Ranked } from './hot-keys.js';
import type { PreloadCounts } from './preload-ledger.js';

const learned = new LuaScript(readFileSync(new URL('./scripts/learned.lua', import.meta.url), 'utf8'));

/** How many batches wait for a learner at most: without one, the oldest are forgotten. */
const MOST_BATCHES = 1_000;
const BATCHES_A_READ = 50;
const NODES_A_SCAN = 1_000;
/** What `learned.lua` says when nothing is stored any more. */
const LOST = -3;

const keysOf = (region: string) =>
  ({
    model: `larder:{ahead:${region}}:model`,
    graph: `larder:{ahead:${region}}:graph`,
    accesses: `larder:{ahead:${region}}:accesses`,
  }) as const;

/** What is stored beside the sketch and the graph. */
interface Facts {
  readonly at: number;
  readonly total: number | null;
  readonly hot: readonly Ranked[];
  readonly ledger: PreloadCounts;
}

/** Batches that nobody has learned yet, and from which access on nothing of them is left. */
export interface Unlearned {
  readonly batches: readonly AccessBatch[];
  /** How many could not be read. */
  readonly unreadable: number;
  readonly next: string;
  /** Whether more wait. */
  readonly isMore: boolean;
}

/** What a learner gives to be stored. */
export interface Saving {
  readonly token: number;
  readonly revision: number;
  /** The first access that was not learned. */
  readonly next: string;
  readonly at: number;
  readonly report: AheadReport;
}

const afterId = (id: string): string => {
  const [ms = '0', sequence = '0'] = id.split('-');
  return `${ms}-${BigInt(sequence) + 1n}`;
};

/** What was learned and what is to be learned, in the Redis that does not evict: one slot a region. */
export class ModelStore {
  constructor(private readonly client: Redis) {}

  /** Gives a batch to the learner of the region. */
  async tell(region: string, batch: AccessBatch): Promise<void> {
    await this.client.xadd(keysOf(region).accesses, 'MAXLEN', '~', MOST_BATCHES, '*', 'b', encodeBatch(batch));
  }

  /** The oldest batches that were not learned, from an access on. */
  async unlearned(region: string, from = ''): Promise<Unlearned> {
    const entries = await this.client.xrange(keysOf(region).accesses, from || '-', '+', 'COUNT', BATCHES_A_READ);
    const batches = entries.map(([, fields]) => decodeBatch(fields[1] ?? ''));
    const readable = batches.filter((batch) => batch !== undefined);
    const last = entries.at(-1)?.[0];
    return {
      batches: readable,
      unreadable: batches.length - readable.length,
      next: last === undefined ? '' : afterId(last),
      isMore: entries.length === BATCHES_A_READ,
    };
  }

  /** What was learned, and its revision; an empty model where nothing is stored or it cannot be read. */
  async load(region: string, policy: Required<AheadPolicy>): Promise<{ model: AheadModel; revision: number }> {
    const keys = keysOf(region);
    const [facts, sketch, revision] = await this.client.hmgetBuffer(keys.model, 'facts', 'sketch', 'revision');
    const model = new AheadModel(policy);
    if (facts && sketch) await this.restore(model, JSON.parse(facts.toString()) as Facts, sketch, keys.graph);
    return { model, revision: Number(revision ?? 0) };
  }

  /**
   * Stores what was learned, all of it again where the Redis has lost it. Answers the revision; `undefined` when another
   * learner has stored something since: nothing was stored then.
   */
  async save(region: string, model: AheadModel, saving: Saving): Promise<number | undefined> {
    const { token, next, at, report } = saving;
    const keys = keysOf(region);
    const facts: Facts = {
      at,
      total: model.graph.totalRank,
      hot: model.hot.top(Infinity),
      ledger: model.ledger.counts,
    };
    const fields = {
      facts: JSON.stringify(facts),
      sketch: deflateRawSync(model.sketch.encode(at), { level: 1 }),
      report: JSON.stringify(report),
    };
    const store = async (revision: number, nodes: ReadonlyMap<string, NodeRecord | undefined>): Promise<number> => {
      const written = [...nodes].map(([key, node]) => [key, node ? JSON.stringify(node) : '']);
      const values = [
        token,
        revision,
        next,
        Object.keys(fields).length,
        ...Object.entries(fields).flat(),
        ...written.flat(),
      ];
      return Number(await learned.run(this.client, [keys.model, keys.graph, keys.accesses], values));
    };
    const stored = await store(saving.revision, model.graph.takeChanges(at));
    const kept = stored === LOST ? await store(0, model.graph.all(at)) : stored;
    return kept < 0 ? undefined : kept;
  }

  /** The largest fencing token that stored something. */
  async fence(region: string): Promise<number> {
    return Number((await this.client.hget(keysOf(region).model, 'fence')) ?? 0);
  }

  /** What the last learner reported. */
  async report(region: string): Promise<AheadReport | undefined> {
    const report = await this.client.hget(keysOf(region).model, 'report');
    return report === null ? undefined : (JSON.parse(report) as AheadReport);
  }

  /** The nodes of these keys, in their order. */
  async nodes(region: string, keys: readonly string[]): Promise<(NodeRecord | undefined)[]> {
    const nodes = await this.client.hmget(keysOf(region).graph, ...keys);
    return nodes.map((node) => (node === null ? undefined : (JSON.parse(node) as NodeRecord)));
  }

  private async restore(model: AheadModel, facts: Facts, sketch: Buffer, graphKey: string): Promise<void> {
    model.sketch.decode(inflateRawSync(sketch), facts.at);
    for (const [key, rank] of facts.hot) model.hot.offer(key, rank);
    model.graph.totalRank = facts.total ?? NOTHING;
    model.ledger.restore(facts.ledger);
    let cursor = '0';
    do {
      const [after, found] = await this.client.hscan(graphKey, cursor, 'COUNT', NODES_A_SCAN);
      for (let at = 0; at < found.length; at += 2)
        model.graph.restore(found[at] ?? '', JSON.parse(found[at + 1] ?? '') as NodeRecord);
      cursor = after;
    } while (cursor !== '0');
  }
}
