import { isDatabaseAway } from '@larder/shop';

// By these labels the driver says that the same operation may succeed on another try.
const PASSING_LABELS = new Set(['RetryableWriteError', 'TransientTransactionError', 'UnknownTransactionCommitResult']);
// What Node says of a socket that ended under a request: the driver passes some on as they are.
const SOCKET_CODES = new Set<unknown>(['EPIPE', 'ECONNRESET']);
const DEEPEST_CAUSE = 5;

/** Whether `error`, or what caused it, says that MongoDB gives no answer now. The operation may or may not have happened. */
export const isSourceUnavailable = (error: unknown, depth = 0): boolean => {
  if (!(error instanceof Error) || depth > DEEPEST_CAUSE) return false;
  return (
    isDatabaseAway(error) ||
    ('code' in error && SOCKET_CODES.has(error.code)) ||
    labelsOf(error).some((label) => PASSING_LABELS.has(label)) ||
    isSourceUnavailable(error.cause, depth + 1)
  );
};

const labelsOf = (error: Error): readonly string[] =>
  'errorLabels' in error && Array.isArray(error.errorLabels) ? error.errorLabels.map(String) : [];
