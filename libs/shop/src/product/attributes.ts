import { z } from 'zod';
import { lineOfText } from '../text.js';

const MAX_ATTRIBUTES = 50;

/** Names that MongoDB or JavaScript would read as more than a name are refused. */
const AttributeName = z
  .string()
  .max(64)
  .regex(/^(?!\$|(?:__proto__|constructor|prototype)$)[^.\p{Cc}\p{Cs}]+$/u, {
    error: 'expected a name that does not start with $, holds no dot, and is not special to JavaScript',
  });

const AttributeValue = z.union([lineOfText(0, 2_000), z.number().min(-1e15).max(1e15), z.boolean()]);

/** Flat facts about a product by name: text, numbers or booleans, at most 50. */
export const Attributes = z.preprocess(
  (given, context) => {
    // zod's record leaves this key out without a word
    if (typeof given === 'object' && given !== null && Object.hasOwn(given, '__proto__')) {
      context.issues.push({ code: 'custom', message: 'the name __proto__ is not allowed', input: given });
    }
    return given;
  },
  z.record(AttributeName, AttributeValue).refine((attributes) => Object.keys(attributes).length <= MAX_ATTRIBUTES, {
    error: `expected at most ${MAX_ATTRIBUTES} attributes`,
  }),
);
export type Attributes = z.infer<typeof Attributes>;
