/** What an operation does to the document of its key. Every value says which operation wrote it. */
export type Deed =
  /** Named fields are set to the operation's token. */
  | { readonly kind: 'edit'; readonly fields: readonly string[] }
  /** The document's views grow by one. */
  | { readonly kind: 'view' }
  /** The document is replaced by one that holds the token. */
  | { readonly kind: 'replace' }
  | { readonly kind: 'delete' }
  /** The price is written through, past the log; what is pending may be applied first. */
  | { readonly kind: 'price'; readonly price: number; readonly isSettled: boolean };

/** What the caller was told: it is accepted; it had no effect; nothing it can rely on. */
export type Result = 'ok' | 'fail' | 'unknown';

/** One operation, as its caller saw it. Times are of the machine's monotonic clock, in ms. */
export interface Operation {
  /** Names the operation among all; what it writes says so. */
  readonly token: string;
  /** Its place among those of its process. */
  readonly serial: number;
  readonly key: string;
  readonly deed: Deed;
  readonly t0: number;
  t1: number;
  result: Result;
  /** Its position in the log, when that was told. */
  position: number;
}

/** The machine's monotonic clock, in ms: the same for all its processes. */
export const now = (): number => Number(process.hrtime.bigint() / 1_000n) / 1_000;
