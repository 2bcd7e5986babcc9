// Makes the MongoDB at MONGODB_URI a replica set of one member, under the host and set that the URI names. Waits for
// a server that is not up yet, changes nothing where a set exists, ends with 0 once there is a primary.
import mongoose from 'mongoose';

const DEADLINE_MS = 120_000;
const NOT_YET_INITIALIZED = 94;
const ALREADY_INITIALIZED = 23;

const uri = new URL(process.env.MONGODB_URI ?? 'mongodb://mongo:27017/?replicaSet=larder');
const set = uri.searchParams.get('replicaSet');
if (!set) throw new Error('MONGODB_URI names no replicaSet');

const deadline = performance.now() + DEADLINE_MS;
// Direct: a driver that looks for the set's primary finds none in a set that does not exist yet.
const client = new mongoose.mongo.MongoClient(`mongodb://${uri.host}/?directConnection=true`, {
  serverSelectionTimeoutMS: DEADLINE_MS,
});

/** Asks for the set; `false` when there was one. */
const initiate = async (admin) => {
  try {
    await admin.command({ replSetGetStatus: 1 });
    return false;
  } catch (error) {
    if (error.code !== NOT_YET_INITIALIZED) throw error;
  }
  try {
    await admin.command({ replSetInitiate: { _id: set, members: [{ _id: 0, host: uri.host }] } });
    return true;
  } catch (error) {
    if (error.code !== ALREADY_INITIALIZED) throw error;
    return false;
  }
};

/** Resolves once the member takes writes: the server itself answers each time its state changes. */
const primary = async (admin) => {
  // The server takes the counter of its topology version back as a 64-bit number only.
  const options = { promoteLongs: false };
  let state = await admin.command({ hello: 1 }, options);
  while (!state.isWritablePrimary) {
    if (performance.now() > deadline) throw new Error(`no primary after ${DEADLINE_MS / 1_000} s`);
    state = await admin.command({ hello: 1, topologyVersion: state.topologyVersion, maxAwaitTimeMS: 1_000 }, options);
  }
};

try {
  const admin = client.db('admin');
  const made = await initiate(admin);
  await primary(admin);
  console.log(`replica set ${set} at ${uri.host}: ${made ? 'made' : 'was there'}`);
} catch (error) {
  console.error(`replica set ${set} at ${uri.host}: ${error.message}`);
  process.exitCode = 1;
} finally {
  await client.close();
}
