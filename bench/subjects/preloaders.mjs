const TICK_MS = 10_000;
/** Where nobody reads, ticks change nothing but what expires; so often there is one all the same. */
const IDLE_TICK_MS = 3_600_000;
const TOP_EVERY_MS = 300_000;
const TOP_FROM = 5;

/** Nothing is loaded ahead. */
export const openNone = () => ({ until: () => Promise.resolve(), viewed: () => undefined });

/** What was viewed five times or more is read every five minutes, as much of it as half of the shared store holds. */
export const openTopN = ({ worker: { cache, region }, entries, time }) => {
  const counts = new Map();
  const most = Math.floor(entries / 2);
  let next = -Infinity;
  const until = async (at) => {
    if (at < next || counts.size === 0) return;
    time.moveTo(Math.max(next, time.now()));
    next = at - (at % TOP_EVERY_MS) + TOP_EVERY_MS;
    const top = [...counts].filter(([, count]) => count >= TOP_FROM).sort(([, one], [, other]) => other - one);
    await cache.readMany(
      region,
      top.slice(0, most).map(([id]) => ({ id })),
    );
  };
  return { until, viewed: ({ id }) => counts.set(id, (counts.get(id) ?? 0) + 1) };
};

/** The shipped recorder, learner and job, with a tick every 10 s of the time that is played. */
export const openAhead = ({ server, worker, time }) => {
  let next = Infinity;
  let isNew = false;
  const until = async (at) => {
    while (next <= at) {
      time.moveTo(next);
      if (isNew) await server.preloading.send();
      isNew = false;
      await worker.preloading.tick(2 * TICK_MS);
      next += IDLE_TICK_MS;
    }
  };
  const viewed = ({ id, visitor, at }) => {
    server.preloading.note(server.region, { id }, visitor);
    isNew = true;
    next = at - (at % TICK_MS) + TICK_MS;
  };
  return { until, viewed };
};
