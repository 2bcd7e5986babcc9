import { createParamDecorator, type ExecutionContext, HttpStatus } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { parseEntityTags } from './entity.tag.js';
import { ProblemError } from './problem.error.js';

const VERSION = /^v([1-9]\d{0,14})$/;
const MOST_VERSIONS = 16;

/** The versions that a request accepts to change; `undefined` accepts any. */
export type AcceptedVersions = readonly number[] | undefined;

const mismatch = (): ProblemError =>
  new ProblemError(
    HttpStatus.PRECONDITION_FAILED,
    'If-Match does not name the current version. Read it again and send its ETag.',
  );

/**
 * The versions named by an `If-Match` header; absent and `*` accept any.
 * @throws {ProblemError} 412 for a malformed header, for weak tags alone, and for more than 16 versions
 */
export const acceptedVersions = (header: string | undefined): AcceptedVersions => {
  if (header === undefined) return undefined;
  const tags = parseEntityTags(header);
  if (tags === '*') return undefined;
  const versions = new Set<number>();
  for (const { weak, opaque } of tags ?? []) {
    const digits = VERSION.exec(opaque)?.[1];
    if (digits !== undefined && !weak) versions.add(Number(digits));
  }
  if (versions.size === 0 || versions.size > MOST_VERSIONS) throw mismatch();
  return [...versions];
};

/** The versions that the request's `If-Match` accepts, for a write to check. */
export const IfMatch = createParamDecorator((_: unknown, context: ExecutionContext): AcceptedVersions => {
  return acceptedVersions(context.switchToHttp().getRequest<FastifyRequest>().headers['if-match']);
});

/**
 * Runs `change` for the accepted versions in turn until one is current. A refused one changes nothing, so at most one takes effect.
 * @throws whatever `change` throws; `VERSION_MISMATCH` when none of the versions is current
 */
export const onAcceptedVersion = async <T>(
  accepted: AcceptedVersions,
  change: (expected?: number) => Promise<T>,
): Promise<T> => {
  if (accepted === undefined) return change();
  let refused: unknown;
  for (const expected of accepted) {
    try {
      return await change(expected);
    } catch (error) {
      if (!isMismatch(error)) throw error;
      refused = error;
    }
  }
  throw refused;
};

const isMismatch = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'VERSION_MISMATCH';
