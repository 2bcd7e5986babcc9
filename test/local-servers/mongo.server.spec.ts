import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LocalServer } from '@larder/local-servers';
import { freePort } from '@larder/local-servers';
import { mongo } from 'mongoose';
import { aMongo } from '../support/local.server.js';

interface Counted {
  readonly _id: string;
  readonly count: number;
}

describe('a local MongoDB', () => {
  let dir: string;
  let server: LocalServer;
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'larder-mongo-spec-'));
    server = await aMongo({ dir, isThrowAway: true });
  });
  afterEach(async () => {
    await server.stop();
    await rm(dir, { recursive: true });
  });
  const withCounts = async <T>(
    use: (counts: mongo.Collection<Counted>, client: mongo.MongoClient) => Promise<T>,
  ): Promise<T> => {
    const client = await mongo.MongoClient.connect(server.url);
    try {
      return await use(client.db().collection<Counted>('counts'), client);
    } finally {
      await client.close();
    }
  };

  it('takes transactions as soon as it has started', async () => {
    await withCounts(async (counts, client) => {
      await client.withSession((session) =>
        session.withTransaction(async () => {
          await counts.insertOne({ _id: 'first', count: 1 }, { session });
          await counts.insertOne({ _id: 'second', count: 1 }, { session });
        }),
      );
    });

    expect(await withCounts((counts) => counts.countDocuments())).toBe(2);
  });

  it('has an acknowledged write after kill -9 and a restart on its own port', async () => {
    await withCounts((counts) => counts.insertOne({ _id: 'kept', count: 7 }));
    const { url } = server;

    await server.kill('SIGKILL');
    await server.restart();

    expect(server.url).toBe(url);
    expect(await withCounts((counts) => counts.findOne({ _id: 'kept' }))).toMatchObject({ count: 7 });
  });

  it('is primary again with its data on another port, which its replica set does not know', async () => {
    await withCounts((counts) => counts.insertOne({ _id: 'moved', count: 7 }));
    const { port } = server;

    await server.stop();
    server = await aMongo({ dir, port: await freePort(), isThrowAway: true });

    expect(server.port).not.toBe(port);
    await withCounts((counts) => counts.updateOne({ _id: 'moved' }, { $inc: { count: 1 } }));
    expect(await withCounts((counts) => counts.findOne({ _id: 'moved' }))).toMatchObject({ count: 8 });
  });
});
