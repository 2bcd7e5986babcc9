import { once } from 'node:events';
import { ConsoleLogger, Injectable } from '@nestjs/common';
import { getConnectionToken, InjectModel, MongooseModule } from '@nestjs/mongoose';
import { Test, type TestingModule } from '@nestjs/testing';
import { CachingModule } from '@larder/caching';
import { resolveBinary, silent, LocalServer, freePort } from '@larder/local-servers';
import { Database, DatabaseUnavailableError, isDatabaseAway, ShopDatabaseModule } from '@larder/shop';
import { Schema, type Connection, type Model } from 'mongoose';
import { aMongo, aRedis, BINARIES } from '../support/local.server.js';

const NOTE = 'Note';
const NoteSchema = new Schema({ _id: String, text: String }, { collection: 'notes', versionKey: false });
NoteSchema.index({ text: 1 }, { unique: true });

@Injectable()
class Notes {
  constructor(@InjectModel(NOTE) readonly notes: Model<{ _id: string; text: string }>) {}
}

describe('the connection to MongoDB', () => {
  let redis: LocalServer;
  let module: TestingModule | undefined;
  const servers: LocalServer[] = [];
  beforeAll(async () => void (redis = await aRedis({ role: 'cache' })));
  afterEach(async () => {
    await module?.close();
    for (const server of servers.splice(0)) await server.stop();
  });
  afterAll(() => redis.stop());

  const started = (server: LocalServer): LocalServer => {
    servers.push(server);
    return server;
  };
  const connectTo = async (uri: string): Promise<TestingModule> => {
    module = await Test.createTestingModule({
      imports: [
        CachingModule.forRoot({ redisUrl: redis.url }),
        ShopDatabaseModule.forRoot({ uri }),
        MongooseModule.forFeature([{ name: NOTE, schema: NoteSchema }]),
      ],
      providers: [Notes],
    })
      .setLogger(new ConsoleLogger({ logLevels: ['fatal'] }))
      .compile();
    return module.init().then(() => module as TestingModule);
  };

  it('lets a process start without a server, and is ready with its indexes once it comes', async () => {
    const port = await freePort();
    const app = await connectTo(`mongodb://127.0.0.1:${port}/notes?replicaSet=larder`);
    const database = app.get(Database);

    expect(database.state().isReady).toBe(false);
    await expect(database.ready({ withinMs: 50 })).rejects.toThrow(DatabaseUnavailableError);
    const early: unknown = await app
      .get(Notes)
      .notes.findById('a')
      .exec()
      .catch((error: unknown) => error);
    expect(isDatabaseAway(early)).toBe(true);

    started(await aMongo({ port }));
    await database.ready({ withinMs: 10_000 });

    expect(database.state()).toEqual({ isReady: true });
    expect(await app.get(Notes).notes.collection.indexes()).toMatchObject([{}, { key: { text: 1 }, unique: true }]);
  }, 30_000);

  it('notices that the server is gone, and goes on when it is back', async () => {
    const server = started(await aMongo());
    const app = await connectTo(server.url);
    const database = app.get(Database);
    const connection: Connection = app.get(getConnectionToken());
    const { notes } = app.get(Notes);
    await database.ready({ withinMs: 10_000 });

    const lost = once(connection, 'disconnected');
    await server.kill();
    const failure: unknown = await notes
      .findById('a')
      .exec()
      .catch((error: unknown) => error);
    await lost;

    expect(isDatabaseAway(failure)).toBe(true);
    expect(database.state()).toEqual({ isReady: false, reason: 'the connection was lost' });

    const back = once(connection, 'connected');
    await server.restart();
    await back;

    expect(database.state()).toEqual({ isReady: true });
    expect(await notes.findById('a').exec()).toBeNull();
  }, 30_000);

  it('refuses a standalone server with the reason, and takes it once it is a replica set', async () => {
    const { path } = await resolveBinary('mongod', { binaries: BINARIES, given: undefined, report: silent });
    const standalone = started(
      await LocalServer.start(
        {
          role: 'mongodb',
          command: path,
          ready: /"id":23016\b/,
          url: (port) => `mongodb://127.0.0.1:${port}/notes`,
          args: (port, dir) => ['--bind_ip', '127.0.0.1', '--port', String(port), '--dbpath', dir, '--nounixsocket'],
        },
        {},
      ),
    );
    const { port } = standalone;
    const app = await connectTo(standalone.url);
    const database = app.get(Database);

    await expect(database.ready({ withinMs: 3_000 })).rejects.toThrow('is no replica set');
    expect(database.state().reason).toContain('--replSet');
    const refused: unknown = await app
      .get(Notes)
      .notes.create({ _id: 'a', text: 'a' })
      .catch((error: unknown) => error);
    expect(isDatabaseAway(refused)).toBe(true);

    await standalone.stop();
    const replicaSet = started(await aMongo({ port }));
    expect(replicaSet.port).toBe(port);
    await database.ready({ withinMs: 10_000 });

    expect(database.state()).toEqual({ isReady: true });
  }, 30_000);
});
