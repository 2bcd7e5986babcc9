import { isDatabaseAway } from '@larder/shop';

// By these labels the driver says that the same operation may succeed on another try.
const PASSING_LABELS = new Set(['RetryableWriteError', 'TransientTransactionError', 'UnknownTransactionCommitResult']);
const DEEPEST_CAUSE = 5;

/** Whether `error`, or what caused it, says that MongoDB gives no answer now. The operation may or may not have happened. */
export const isSourceUnavailable = (error: unknown, depth = 0): boolean => {
  if (!(error instanceof Error) || depth > DEEPEST_CAUSE) return false;
  return (
    isDatabaseAway(error) ||
    labelsOf(error).some((label) => PASSING_LABELS.has(label)) ||
    isSourceUnavailable(error.cause, depth + 1)
  );
};

const labelsOf = (error: Error): readonly string[] =>
  'errorLabels' in error && Array.isArray(error.errorLabels) ? error.errorLabels.map(String) : [];
