import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { openConnections } from '../harness/http.mjs';
import { inFlight } from '../harness/loop.mjs';
import { EDIT } from '../subjects/edits.mjs';
import { keysOf } from '../subjects/payload.mjs';

const APP = fileURLToPath(new URL('../apps/edits.app.mjs', import.meta.url));
const CONNECTIONS = 50;
const PRODUCTS = 4_096;
const ACCEPTED = 202;
const BODY = JSON.stringify(EDIT);

/** Requests a second over all connections to one process, and what that process spends on one. */
const putting = (kind) => async (context) => {
  const app = fork(APP, [kind, JSON.stringify(context)], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const ended = once(app, 'exit').then(([code]) => {
    throw new Error(`The ${kind} application ended with ${code}.`);
  });
  ended.catch(() => undefined); // heard by whoever waits for a message
  const told = () => Promise.race([once(app, 'message'), ended]);
  const [{ port }] = await told();
  const { put, close } = await openConnections(port, CONNECTIONS);
  const cpuOf = async () => {
    app.send('cpu');
    const [{ cpu }] = await told();
    return cpu.user + cpu.system;
  };
  const paths = keysOf(PRODUCTS).map((id) => `/products/${id}`);
  const measure = async (forMs) => {
    const before = await cpuOf();
    const began = performance.now();
    const { perSecond } = await inFlight((path) => put(path, BODY, ACCEPTED), paths, { width: CONNECTIONS, forMs });
    const requests = (perSecond * (performance.now() - began)) / 1_000;
    return { perSecond, cpu: (((await cpuOf()) - before) / requests) * 1_000 };
  };
  return {
    measure,
    close: () => {
      close();
      app.disconnect();
    },
  };
};

export default {
  row: 21,
  name: 'put-behind',
  title: 'PUT by write-behind, durable',
  setting: `Edits of 220 bytes of ${PRODUCTS.toLocaleString('en')} products by \`PUT\`, ${CONNECTIONS} keep-alive connections, one process of Nest on Fastify, Redis with \`appendfsync always\`; answered by 202 once the edit is on disk there. The CPU time is that of the answering process.`,
  rounds: 5,
  redis: { role: 'queue' },
  needsCache: true,
  figures: { perSecond: 'a second', cpu: 'ns CPU' },
  isMoreBetter: true,
  cases: {
    larder: {
      label: 'Larder',
      note: '`@WriteBehind` as the shop edits products: there is one, and every read shows the edit from its answer on.',
      open: putting('larder'),
    },
    unseen: {
      label: 'Larder, unseen',
      note: '`@WriteBehind` with `isUnseen`: the cached value is left alone, as the queue of a peer leaves it.',
      isLimit: true,
      open: putting('unseen'),
    },
    bare: { label: 'Nest on Fastify, nothing kept', isLimit: true, note: 'Answered at once.', open: putting('bare') },
    'bullmq-add': {
      label: 'BullMQ add',
      note: 'The same route, `await queue.add`, removed on completion.',
      open: putting('bullmq'),
    },
  },
  results: [{ name: 'put-behind', figure: 'perSecond', goals: [{ against: 'bullmq-add', least: 3 }] }],
};
