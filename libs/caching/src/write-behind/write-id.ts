import { hash, randomBytes } from 'node:crypto';
import { WriteUnseenError } from '../errors.js';

/** What a log without a seal is given by this process: nobody can guess it, so nobody can make the id of a write up. */
export const NEW_SEAL = randomBytes(18).toString('base64url');

/** As many characters of a hash as nobody finds by trying. */
const MARK = 22;

const markOf = (position: number, name: string, seal: string): string =>
  hash('sha256', `${seal} ${position} ${name}`, 'base64url').slice(0, MARK);

const encoded = (position: number, mark: string, name: string): string =>
  Buffer.from(`${position} ${mark} ${name}`, 'utf8').toString('base64url');

/** The id of a write for those who ask about it later, opaque: its position and name, marked by the seal of its partition. */
export const writeIdOf = (position: number, name: string, seal: string): string =>
  encoded(position, markOf(position, name, seal), name);

/** What the id of a write says, if it was made with the seal of its partition. */
export interface ReadWriteId {
  readonly position: number;
  readonly name: string;
  readonly isSealedBy: (seal: string) => boolean;
}

/** @throws {WriteUnseenError} it is no id of a write */
export const writeIn = (writeId: string): ReadWriteId => {
  const text = Buffer.from(writeId, 'base64url').toString('utf8');
  const [, digits, mark = '', name = ''] = /^(\d{1,16}) ([\w-]{22}) (\S.*)$/s.exec(text) ?? [];
  const position = Number(digits);
  if (digits === undefined || encoded(position, mark, name) !== writeId)
    throw new WriteUnseenError(writeId.slice(0, 80));
  return { position, name, isSealedBy: (seal) => markOf(position, name, seal) === mark };
};
