/** The command cannot run as it was called. The message says what is wrong and what to try; nothing was read or stored. */
export class UsageError extends Error {
  readonly code = 'IMPORT_USAGE';
  constructor(message: string) {
    super(message);
    this.name = 'UsageError';
  }
}
