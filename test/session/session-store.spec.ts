import { createHash, randomUUID } from 'node:crypto';
import {
  EmailTakenError,
  newSessionId,
  SESSION,
  SessionRepository,
  SessionSink,
  type SessionDocument,
  SessionSchema,
  USER,
  type UserDocument,
  UserNotFoundError,
  UserRepository,
  UserSchema,
} from '@larder/shop';
import { createConnection, type Connection } from 'mongoose';

const HOUR_MS = 3_600_000;

describe('users and sessions in MongoDB', () => {
  let connection: Connection;
  let users: UserRepository;
  let sessions: SessionRepository;
  let sink: SessionSink;

  beforeAll(async () => {
    const uri = new URL(process.env['MONGODB_URI'] ?? '');
    uri.pathname = `/t_${createHash('sha256')
      .update(import.meta.filename)
      .digest('hex')
      .slice(0, 16)}`;
    connection = await createConnection(uri.href, { autoIndex: false, autoCreate: false }).asPromise();
    await connection.dropDatabase();
    users = new UserRepository(connection.model<UserDocument>(USER, UserSchema));
    const model = connection.model<SessionDocument>(SESSION, SessionSchema);
    sessions = new SessionRepository(model);
    sink = new SessionSink(model);
  });
  afterAll(() => connection.close());

  const aUser = () =>
    users.insert({ email: `${randomUUID()}@example.com`, name: 'Ada', passwordDigest: 'digest', roles: ['customer'] });
  /** The flush of a last access, at its position in the write log. */
  const used = (id: string, at: Date, last: number) => {
    const write = { name: `session:${id}`, params: { id }, first: last, last, count: 1, acceptedAt: 0 };
    const set = { lastAccess: at.toISOString() };
    return sink.apply([{ ...write, isDelete: false, value: undefined, set, add: {}, refused: 0 }]);
  };
  const aSession = async (userId: string, { epoch = 0, idleMs = 0, leftMs = HOUR_MS } = {}): Promise<string> => {
    const now = Date.now();
    const id = newSessionId();
    await sessions.insert({
      _id: id,
      userId,
      epoch,
      refresh: { family: id, digest: randomUUID(), issuedAt: new Date(now) },
      createdAt: new Date(now - idleMs),
      lastAccess: new Date(now - idleMs),
      expiresAt: new Date(now + leftMs),
      revokedAt: null,
    });
    return id;
  };

  it('gives an e-mail to one of many who register at once, in an empty database too', async () => {
    const email = `${randomUUID()}@example.com`;
    const attempts = Array.from({ length: 10 }, () =>
      users.insert({ email, name: 'Ada', passwordDigest: 'digest', roles: ['customer'] }),
    );

    const outcomes = await Promise.allSettled(attempts);

    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const refusals = outcomes.filter((outcome) => outcome.status === 'rejected');
    expect(refusals.every(({ reason }) => reason instanceof EmailTakenError)).toBe(true);
  });

  it('answers a live session with its user, and nothing of the password', async () => {
    const { _id, email } = await aUser();
    const id = await aSession(_id);

    const session = await sessions.findLive(id);

    expect(session).toMatchObject({ id, user: { id: _id, email, name: 'Ada', roles: ['customer'] } });
    expect(JSON.stringify(session)).not.toContain('digest');
  });

  it('ends one session, twice without harm, and never that of another user', async () => {
    const [mine, others] = [await aUser(), await aUser()];
    const [first, second, foreign] = [await aSession(mine._id), await aSession(mine._id), await aSession(others._id)];

    expect(await sessions.revoke(first, mine._id)).toBe(true);
    expect(await sessions.revoke(first, mine._id)).toBe(true);
    expect(await sessions.revoke(foreign, mine._id)).toBe(false);

    expect(await sessions.findLive(first)).toBeNull();
    expect(await sessions.findLive(second)).not.toBeNull();
    expect(await sessions.findLive(foreign)).not.toBeNull();
  });

  it('ends all sessions of a user with the epoch, a sign-in under way included', async () => {
    const [mine, others] = [await aUser(), await aUser()];
    const [before, foreign] = [await aSession(mine._id), await aSession(others._id)];

    await users.beginEpoch(mine._id);
    const late = await aSession(mine._id, { epoch: mine.epoch });
    const fresh = await aSession(mine._id, { epoch: mine.epoch + 1 });

    expect(await sessions.findLive(before)).toBeNull();
    expect(await sessions.findLive(late)).toBeNull();
    expect((await sessions.findLiveOf(mine._id)).map(({ id }) => id)).toEqual([fresh]);
    expect(await sessions.findLive(foreign)).not.toBeNull();
    await expect(users.beginEpoch('nobody')).rejects.toBeInstanceOf(UserNotFoundError);
  });

  it('ends the sessions of a disabled user and of one who is gone', async () => {
    const { _id } = await aUser();
    const [id, orphan] = [await aSession(_id), await aSession('nobody')];
    await connection.model(USER).updateOne({ _id }, { $set: { isDisabled: true } });

    expect(await sessions.findLive(id)).toBeNull();
    expect(await sessions.findLive(orphan)).toBeNull();
  });

  it('knows no session after 24 h without use, nor after its absolute end', async () => {
    const { _id } = await aUser();

    expect(await sessions.findLive(await aSession(_id, { idleMs: 24 * HOUR_MS + 1 }))).toBeNull();
    expect(await sessions.findLive(await aSession(_id, { leftMs: -1 }))).toBeNull();
    expect(await sessions.findLive(await aSession(_id, { idleMs: 23 * HOUR_MS }))).not.toBeNull();
  });

  it('moves the last use forward alone, and wakes nothing that was ended', async () => {
    const { _id } = await aUser();
    const id = await aSession(_id, { idleMs: 2 * HOUR_MS });
    const at = new Date();

    await used(id, at, 2);
    await used(id, new Date(at.getTime() - HOUR_MS), 3);
    await used(id, new Date(at.getTime() + HOUR_MS), 1); // a flusher that was frozen
    expect(await sessions.findLogged(id)).toMatchObject({ session: { lastAccess: at.toISOString() }, applied: 3 });

    await sessions.revoke(id, _id);
    await used(id, new Date(), 4);
    expect(await sessions.findLive(id)).toBeNull();
  });

  it('answers both images of a change of roles, each with its version', async () => {
    const { _id } = await aUser();

    const { before, after } = await users.changeRoles(_id, ['merchandiser']);

    expect(before).toEqual({ userId: _id, roles: ['customer'], grants: [], version: 1 });
    expect(after).toMatchObject({ userId: _id, roles: ['merchandiser'], version: 2 });
    expect(await users.findPermissions(_id)).toEqual(after);
    await expect(users.changeRoles('nobody', [])).rejects.toBeInstanceOf(UserNotFoundError);
  });
});
