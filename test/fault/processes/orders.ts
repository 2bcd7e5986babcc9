/** What every process of the laboratory is told as it starts. */
export interface Start {
  readonly name: string;
  readonly folder: string;
  readonly queueUrl: string;
  readonly mongoUrl: string;
  readonly durability: 'relaxed' | 'durable';
  readonly maxEntries: number;
  readonly breakage: Breakage;
  readonly seed: number;
  readonly keys: number;
  /** How many operations a producer has in flight, and how many it begins a second at most, 0 being no limit. */
  readonly inFlight: number;
  readonly perSecond: number;
  /** How often a flusher flushes. */
  readonly everyMs: number;
}

/** A fault put into the write-behind on purpose, for a checker to find. */
export type Breakage = 'none' | 'plain log' | 'no guard' | 'version as the guard' | 'resending';

/** A place in a flusher where it can be made to die or to freeze. */
export type FaultPoint = 'before the bulk' | 'after the bulk';

/** What a process is told while it runs. */
export type Order =
  | { readonly order: 'stop' }
  | { readonly order: 'pause' }
  | { readonly order: 'go on' }
  | { readonly order: 'arm'; readonly point: FaultPoint; readonly signal: 'SIGKILL' | 'SIGSTOP' };

/** What a producer says of itself, several times a second. */
export interface Count {
  readonly acknowledged: number;
  readonly unknown: number;
  readonly failed: number;
  readonly inFlight: number;
  /** The longest that any operation has waited for its answer so far, in ms. */
  readonly longestMs: number;
  /** When the last operation was accepted, on the machine's monotonic clock in ms. */
  readonly lastAt: number;
}

/** What a process says while it runs. */
export type Told = 'ready' | { readonly count: Count } | { readonly at: FaultPoint } | { readonly fault: string };

export const startOf = (argument: string | undefined): Start => JSON.parse(argument ?? '{}') as Start;

/** Calls `take` with each order, and ends this process when the laboratory has ended. */
export const onOrder = (take: (order: Order) => void): void => {
  process.on('message', take);
  process.on('disconnect', () => process.exit());
};

export const say = (told: Told): void => {
  if (process.connected) process.send?.(told);
};
