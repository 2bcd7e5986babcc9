import { z } from 'zod';

const count = z.int().min(0);

/** The write log as of now, in operations; all but `depth` and `oldestMs` since the log was born. */
export const WriteLogAnswer = z.strictObject({
  depth: count,
  oldestMs: count,
  flushed: count,
  coalesced: count,
  retried: count,
  dead: count,
  lostAt: z.iso.datetime().optional().meta({ description: 'When it was found out that all that waited was lost.' }),
});
export type WriteLogAnswer = z.infer<typeof WriteLogAnswer>;

/** How many operations waited when the log began to be emptied. */
export const FlushAnswer = z.strictObject({ flushed: count });
export type FlushAnswer = z.infer<typeof FlushAnswer>;

/** The write named in an address. */
export const WriteParams = z.strictObject({
  writeId: z.string().regex(/^[A-Za-z0-9_-]{1,1024}$/, 'expected the id of a write'),
});
export type WriteParams = z.infer<typeof WriteParams>;

/** What became of a write; `reason` says why it had no effect. */
export const WriteStateAnswer = z.strictObject({
  state: z.enum(['pending', 'flushed', 'dead']),
  reason: z.string().optional(),
});
export type WriteStateAnswer = z.infer<typeof WriteStateAnswer>;

/** The dead letter named in an address. */
export const DeadLetterParams = z.strictObject({
  id: z.string().regex(/^\d{1,2}-\d{1,15}-\d{1,15}$/, 'expected the id of a dead letter'),
});
export type DeadLetterParams = z.infer<typeof DeadLetterParams>;

/** The writes that MongoDB refused for good, the oldest first, at most 100; `write` is null when it cannot be read. */
export const DeadLettersAnswer = z.strictObject({
  items: z.array(
    z.strictObject({
      id: z.string(),
      region: z.string(),
      reason: z.string(),
      at: z.iso.datetime(),
      write: z
        .strictObject({
          key: z.string(),
          set: z.record(z.string(), z.string()).meta({ description: 'Each new value as JSON text.' }),
          add: z.record(z.string(), z.number()),
          operations: count,
        })
        .nullable(),
    }),
  ),
});
export type DeadLettersAnswer = z.infer<typeof DeadLettersAnswer>;
