// The primary of several API processes that share one port: node cluster.mjs N SCRIPT.
// It says by message which processes run, and ends with the process that started it.
import cluster from 'node:cluster';
import { Backoff } from './backoff.mjs';

const [count, script] = [Number(process.argv[2]), process.argv[3]];
const listening = new Set();
const backoff = new Backoff();
let isStopping = false;
let haveAllListened = false;

const workers = () => Object.values(cluster.workers ?? {});

const report = () => {
  haveAllListened ||= listening.size === count;
  if (process.connected)
    process.send({ pids: workers().map(({ process: { pid } }) => pid), isListening: haveAllListened });
};

const leaveWhenEmpty = () => {
  if (isStopping && workers().length === 0) process.exit(0);
};

const stop = () => {
  if (isStopping) return;
  isStopping = true;
  for (const worker of workers()) worker.process.kill('SIGTERM');
  leaveWhenEmpty();
};

cluster.setupPrimary({ exec: script, args: [], execArgv: ['--enable-source-maps'] });
cluster.on('fork', report);
cluster.on('listening', ({ id }) => {
  listening.add(id);
  report();
});
cluster.on('exit', ({ id }, code, signal) => {
  listening.delete(id);
  if (isStopping) return leaveWhenEmpty();
  if (!haveAllListened) process.exit(1);
  report();
  const delayMs = backoff.next();
  console.error(
    `An API process ended unasked (${signal ?? `code ${code}`}) and is started again in ${delayMs / 1_000} s.`,
  );
  setTimeout(() => {
    if (isStopping) return;
    backoff.started();
    cluster.fork();
  }, delayMs);
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, stop);
process.on('disconnect', stop);
for (let index = 0; index < count; index++) cluster.fork();
