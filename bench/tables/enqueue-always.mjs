import { enqueueTable } from './enqueue.mjs';

export default enqueueTable({
  row: 11,
  appendfsync: 'always',
  durability: 'durable',
  goals: [
    { against: 'script', least: 0.9 },
    { against: 'bullmq-add', least: 3 },
  ],
  coalescedGoals: [{ against: 'script', least: 1.7 }],
});
