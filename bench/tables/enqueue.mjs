import { inFlight } from '../harness/loop.mjs';
import { ENQUEUES } from '../subjects/enqueues.mjs';
import { keysOf } from '../subjects/payload.mjs';

const WIDTH = 64;
const KEYS = 4_096;
const CROWD = 1_024;
const HOT = 16;

const enqueued =
  (open, { width = WIDTH, keys = KEYS, call = 'one' } = {}) =>
  async ({ redisUrl }) => {
    const subject = await open(redisUrl);
    const { events = 1 } = subject;
    const measure = async (forMs) => {
      const { perSecond, cpu } = await inFlight(subject[call], keysOf(keys), {
        width: Math.ceil(width / events),
        forMs,
      });
      return { perSecond: perSecond * events, cpu: cpu / events };
    };
    return { measure, close: () => subject.close() };
  };

/** Acknowledged events a second on a Redis that syncs its log as `appendfsync` says. */
export const enqueueTable = ({ row, appendfsync, durability, goals, coalescedGoals }) => {
  const name = `enqueue-${appendfsync}`;
  return {
    row,
    name,
    title: `Durable enqueue, appendfsync ${appendfsync}`,
    setting: `Edits of 220 bytes of ${KEYS.toLocaleString('en')} products, ${WIDTH} under way at any time, each acknowledged on its own.`,
    rounds: 5,
    redis: { role: 'queue', args: ['--appendfsync', appendfsync] },
    figures: { perSecond: 'a second', cpu: 'ns CPU' },
    isMoreBetter: true,
    cases: {
      larder: {
        label: 'Larder',
        note: `\`WriteBehindLog.append\`, \`${durability}\`, merged by product.`,
        open: enqueued((url) => ENQUEUES.larder(url, durability)),
      },
      coalesced: {
        label: 'Larder, coalesced',
        note: `Views of ${HOT} products, ${CROWD.toLocaleString('en')} under way: those of one turn travel as one.`,
        isLimit: true,
        open: enqueued((url) => ENQUEUES.larder(url, durability), { width: CROWD, keys: HOT, call: 'view' }),
      },
      script: {
        label: 'the same script, bare',
        isLimit: true,
        note: 'One operation a call, ioredis.',
        open: enqueued(ENQUEUES.script),
      },
      xadd: { label: 'XADD, auto-pipelined', isLimit: true, note: 'No pending value.', open: enqueued(ENQUEUES.xadd) },
      multi: { label: 'MULTI', isLimit: true, note: '`SET` and `XADD`.', open: enqueued(ENQUEUES.multi) },
      'bullmq-add': { label: 'BullMQ add', note: 'Removed on completion.', open: enqueued(ENQUEUES.add) },
      'bullmq-bulk': { label: 'BullMQ addBulk', note: '64 jobs a call.', open: enqueued(ENQUEUES.addBulk) },
    },
    results: [
      { name, figure: 'perSecond', goals },
      { name: `${name} coalesced`, subject: 'coalesced', figure: 'perSecond', goals: coalescedGoals },
    ],
  };
};
