/** What every process of the laboratory is told as it starts. */
export interface Start {
  readonly name: string;
  readonly folder: string;
  readonly queueUrl: string;
  readonly mongoUrl: string;
  /** The Redis of cached values, where the processes cache what they write. */
  readonly cacheUrl?: string;
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
  /** Whether a flusher waits for MongoDB however long: one that was frozen then does what it was about to do. */
  readonly isPatient?: boolean;
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
  /** A reader: to tell how its reads went since it was last asked, and whether what is cached is what MongoDB has. */
  | { readonly order: 'tell reads' }
  | { readonly order: 'compare' }
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

/** How many reads were asked for, answered and failed, the rest being under way, and how long the answers took, in ms. */
export interface Reads {
  readonly asked: number;
  readonly answered: number;
  readonly failed: number;
  /** `null` when none was answered. */
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
  /** Why the first that failed did. */
  readonly failure?: string;
}

/** Reads of hot documents, by whether these are edited meanwhile. */
export interface HotReads {
  readonly unedited: Reads;
  readonly edited: Reads;
}

/** How many documents were compared, how many of them the shared store kept, and which are not what MongoDB has. */
export interface Compared {
  readonly compared: number;
  readonly kept: number;
  readonly differing: readonly string[];
}

/** What a process says while it runs. */
export type Told =
  | 'ready'
  | { readonly count: Count }
  | { readonly at: FaultPoint }
  | { readonly fault: string }
  | { readonly reads: HotReads }
  | { readonly compared: Compared };

export const startOf = (argument: string | undefined): Start => JSON.parse(argument ?? '{}') as Start;

/** Calls `take` with each order, and ends this process when the laboratory has ended. */
export const onOrder = (take: (order: Order) => void): void => {
  process.on('message', take);
  process.on('disconnect', () => process.exit());
};

export const say = (told: Told): void => {
  if (process.connected) process.send?.(told, () => undefined); // the laboratory may have ended meanwhile
};
