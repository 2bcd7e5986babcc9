import { WriteUnseenError } from '../errors.js';

/** The id of a write for those who ask about it later: its name and position, opaque. */
export const writeIdOf = (position: number, name: string): string =>
  Buffer.from(`${position} ${name}`, 'utf8').toString('base64url');

/** @throws {WriteUnseenError} it is no id of a write */
export const writeIn = (writeId: string): { position: number; name: string } => {
  const [, position, name] = /^(\d{1,16}) (\S.*)$/s.exec(Buffer.from(writeId, 'base64url').toString('utf8')) ?? [];
  if (position === undefined || name === undefined || writeIdOf(Number(position), name) !== writeId)
    throw new WriteUnseenError(writeId.slice(0, 80));
  return { position: Number(position), name };
};
