import { mongo } from 'mongoose';

/** The name of the replica set of local servers. */
export const REPLICA_SET = 'larder';

const NOT_YET_INITIALIZED = 94;
const PRIMARY_WITHIN_MS = 20_000;
const WAIT_AT_MOST_MS = 1_000;

interface MemberList {
  readonly version: number;
  readonly members: readonly { readonly _id: number; readonly host: string }[];
}

const memberList = async (admin: mongo.Admin): Promise<MemberList | undefined> => {
  try {
    const { config } = (await admin.command({ replSetGetConfig: 1 })) as { config: MemberList };
    return config;
  } catch (error) {
    if (error instanceof mongo.MongoServerError && error.code === NOT_YET_INITIALIZED) return undefined;
    throw error;
  }
};

/** The set remembers its member by host and port: on another port it would never elect itself. */
const formSet = async (admin: mongo.Admin, host: string): Promise<void> => {
  const config = await memberList(admin);
  if (!config) {
    await admin.command({ replSetInitiate: { _id: REPLICA_SET, members: [{ _id: 0, host }] } });
  } else if (config.members[0]?.host !== host) {
    const moved = { ...config, version: config.version + 1, members: [{ ...config.members[0], host }] };
    await admin.command({ replSetReconfig: moved, force: true });
  }
};

const untilPrimary = async (admin: mongo.Admin): Promise<void> => {
  const deadline = Date.now() + PRIMARY_WITHIN_MS;
  let known: mongo.Document | undefined;
  for (;;) {
    // With the version that is known, the server answers only when its state is another, or after the wait.
    const wait = known ? { topologyVersion: known, maxAwaitTimeMS: WAIT_AT_MOST_MS } : {};
    const hello = await admin.command({ hello: 1, ...wait }, { promoteLongs: false });
    if (hello['isWritablePrimary'] === true) return;
    if (Date.now() > deadline)
      throw new Error(`mongod was not its set's primary within ${PRIMARY_WITHIN_MS / 1_000} s`);
    known = hello['topologyVersion'] as mongo.Document;
  }
};

/** Makes the mongod on `port` the primary of a replica set of its own, new or found again, and waits until it is. */
export const becomePrimary = async (port: number): Promise<void> => {
  const client = new mongo.MongoClient(`mongodb://127.0.0.1:${port}/?directConnection=true`, {
    serverSelectionTimeoutMS: PRIMARY_WITHIN_MS,
  });
  try {
    const admin = client.db().admin();
    await formSet(admin, `127.0.0.1:${port}`);
    await untilPrimary(admin);
  } finally {
    await client.close();
  }
};
