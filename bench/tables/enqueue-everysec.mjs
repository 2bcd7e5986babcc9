import { enqueueTable } from './enqueue.mjs';

export default enqueueTable({
  row: 10,
  appendfsync: 'everysec',
  durability: 'relaxed',
  goals: [
    { against: 'script', least: 0.85 },
    { against: 'bullmq-add', least: 3 },
  ],
  coalescedGoals: [{ against: 'bullmq-add', least: 10 }],
});
