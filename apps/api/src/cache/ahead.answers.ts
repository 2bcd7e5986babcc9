import { z } from 'zod';

const count = z.int().min(0);
const Budget = z.strictObject({
  perTick: count.meta({ description: 'how many values a tick may load' }),
  spent: count.meta({ description: 'how many the last tick loaded' }),
});
const Counts = z.strictObject({
  tracked: count.meta({ description: 'keys that are read enough to be told apart' }),
  preloaded: count,
  used: count.meta({ description: 'read by somebody before they expired' }),
  wasted: count.meta({ description: 'read by nobody before they expired' }),
  budget: Budget,
});

/** What was loaded ahead of reads, over all processes as of the last tick; a key is `<region>:<key as its region encodes it>`. */
export const AheadAnswer = z.strictObject({
  ...Counts.shape,
  hottest: z
    .array(
      z.strictObject({
        key: z.string(),
        score: z.number().min(0).meta({ description: 'how often it was read lately, decayed' }),
        followers: z
          .array(z.strictObject({ key: z.string(), weight: z.number().min(0) }))
          .meta({ description: 'what its visitors read too, and in how many trails, the nearer the more, decayed' }),
      }),
    )
    .meta({ description: 'the hottest first' }),
  regions: z.array(z.strictObject({ region: z.string(), ...Counts.shape })),
});
export type AheadAnswer = z.infer<typeof AheadAnswer>;
