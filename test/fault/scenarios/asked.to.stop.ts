import { inLab, type Scenario } from '../scenario.js';

const STOPS_WITHIN_MS = 10_000;

export const askedToStop: Scenario = {
  id: 'G2',
  about: 'producers and flushers are told to stop by SIGTERM under load: what is in flight is answered',
  short: { faults: 2, between: 1_000, lastsMs: 0 },
  full: { faults: 40, between: 10_000, lastsMs: 0 },
  run: (run) =>
    inLab({ seed: run.seed }, run, async (lab) => {
      const violations: string[] = [];
      let [slowest, unknown] = [0, 0];
      for (let fault = 0; fault < run.faults; fault += 1) {
        await lab.accept(run.between);
        const stopped = (fault % 2 === 0 ? lab.producers : lab.flushers)[0];
        if (!stopped) throw new Error('Nobody is there to be stopped.');
        const before = stopped.count.unknown + stopped.count.failed;
        const { code, ms } = await lab.fault(`SIGTERM to a ${fault % 2 === 0 ? 'producer' : 'flusher'}`, () =>
          stopped.stop('SIGTERM'),
        );
        slowest = Math.max(slowest, ms);
        unknown += stopped.count.unknown + stopped.count.failed - before;
        if (code !== 0) violations.push(`${stopped.name} ended by ${String(code)} after SIGTERM`);
        lab.remove(stopped);
        await (fault % 2 === 0 ? lab.addProducer() : lab.addFlusher());
        run.say(`${fault + 1} of ${run.faults}: ${stopped.name} stopped within ${Math.round(ms)} ms`);
      }
      if (run.isTimed && slowest > STOPS_WITHIN_MS) violations.push(`stopping took ${Math.round(slowest)} ms`);
      // on a busy machine an answer may come too late
      if (run.isTimed && unknown > 0)
        violations.push(`${unknown} operations were not answered by those who were told to stop`);
      return { facts: { slowestStopMs: Math.round(slowest) }, violations };
    }),
};
