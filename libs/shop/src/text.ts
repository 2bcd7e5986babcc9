import { z } from 'zod';

/** One line of text as people type it: trimmed, neither control characters nor broken surrogates. */
export const lineOfText = (min: number, max: number): z.ZodString =>
  z
    .string()
    .trim()
    .min(min)
    .max(max)
    .regex(/^[^\p{Cc}\p{Cs}]*$/u, 'control characters are not allowed');

/** Text of several lines: as one line, but line breaks and tabs are allowed. */
export const textOfLines = (max: number): z.ZodString =>
  z
    .string()
    .trim()
    .max(max)
    .regex(/^(?:[^\p{Cc}\p{Cs}]|[\n\r\t])*$/u, 'control characters are not allowed');
