import { EncodedEnvelope } from './encoded-envelope.js';
import type { Envelope } from './envelope.js';

/** Stands for a value that is still in its envelope. */
export const SEALED = Symbol('sealed');

/** Freezes what JSON made, from the inside out; leaves need no freezing, and no list of them is made. */
export const frozen = <T>(value: T): T => {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    const parts: readonly unknown[] = value;
    for (let index = 0; index < parts.length; index += 1) frozenPart(parts[index]);
  } else {
    const parts = value as Readonly<Record<string, unknown>>;
    for (const name in parts) frozenPart(parts[name]);
  }
  return Object.freeze(value);
};

const frozenPart = (part: unknown): void => {
  if (typeof part === 'object' && part !== null) frozen(part);
};

/** The value in an envelope's body, frozen once, so that it can be handed to every caller. */
export const openBody = (body: Buffer): unknown => frozen(JSON.parse(body.toString('utf8')) as unknown);

/** The value in an envelope; of one that was read, it is decoded once however many ask. */
export const openEnvelope = (envelope: Envelope): unknown =>
  envelope instanceof EncodedEnvelope ? envelope.value(openBody) : openBody(envelope.body);
