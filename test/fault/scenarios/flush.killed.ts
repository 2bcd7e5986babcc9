import { oneOf, randomFrom } from '../../support/random.js';
import type { FaultLab } from '../fault.lab.js';
import type { FaultPoint } from '../processes/orders.js';
import { inLab, type Scenario } from '../scenario.js';

/** Kills a flusher at this point of a flush, and starts another in its place. */
export const killFlusher = async (lab: FaultLab, point: FaultPoint, random: number): Promise<void> => {
  const flusher = lab.flushers[Math.floor(random * lab.flushers.length)];
  if (!flusher) throw new Error('No flusher is there to be killed.');
  await flusher.fallAt(point, 'SIGKILL');
  lab.remove(flusher);
  await lab.addFlusher();
};

/** Kills a producer whose operations are in the log and not answered yet, and starts another in its place. */
export const killProducer = async (lab: FaultLab, random: number): Promise<void> => {
  const producer = lab.producers[Math.floor(random * lab.producers.length)];
  if (!producer) throw new Error('No producer is there to be killed.');
  lab.queue.way.treat({ delayMs: 30 }); // what it sends meanwhile is in the log before it hears of it
  await lab.accept(100);
  await producer.kill();
  lab.queue.way.heal();
  lab.remove(producer);
  await lab.addProducer();
};

export const flushKilled: Scenario = {
  id: 'D5',
  about:
    'a flusher is killed before a bulk and between bulk and acknowledgement, a producer between log entry and answer',
  short: { faults: 3, between: 1_000, lastsMs: 0 },
  full: { faults: 100, between: 5_000, lastsMs: 0 },
  run: (run) => {
    const random = randomFrom(run.seed);
    return inLab({ seed: run.seed, isCached: true }, run, async (lab) => {
      const kinds = ['after the bulk', 'before the bulk', 'between entry and answer'] as const;
      for (let fault = 0; fault < run.faults; fault += 1) {
        await lab.accept(run.between);
        const kind = kinds[fault % kinds.length] ?? oneOf(kinds, random());
        await lab.fault(`killed ${kind}`, () =>
          kind === 'between entry and answer' ? killProducer(lab, random()) : killFlusher(lab, kind, random()),
        );
        run.say(`${fault + 1} of ${run.faults}: killed ${kind}`);
      }
      return {};
    });
  },
};
