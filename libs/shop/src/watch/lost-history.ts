/** Codes of MongoDB that mean: the stream cannot go on from there, ever. */
const LOST_CODES = new Set([
  9, // FailedToParse
  222, // CloseChangeStream
  260, // InvalidResumeToken
  280, // ChangeStreamFatalError
  286, // ChangeStreamHistoryLost
  40_647, // a resume token that is none
  40_649,
  50_811,
]);

/** The stream ended for good: its database was dropped. */
export class StreamOverError extends Error {
  constructor() {
    super('The change stream is over: the database was dropped or renamed.');
  }
}

/** Whether the changes after a resume token cannot be had any more. */
export const isHistoryLost = (error: unknown): boolean => {
  if (error instanceof StreamOverError) return true;
  if (!(error instanceof Error)) return false;
  const { code, errorLabels } = error as { code?: unknown; errorLabels?: readonly string[] };
  return (
    (typeof code === 'number' && LOST_CODES.has(code)) || (errorLabels ?? []).includes('NonResumableChangeStreamError')
  );
};
