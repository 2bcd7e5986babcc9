/** What every error of the local servers has: a code that is never reused, and a sentence that ends with the way out. */
export abstract class LocalServersError extends Error {
  abstract readonly code: string;
  override get name(): string {
    return this.constructor.name;
  }
}

/** One way to a program, and why it did not lead there. */
export interface FailedRoute {
  readonly route: string;
  readonly outcome: string;
}

/** No route led to a program that runs on this machine. */
export class BinaryNotFoundError extends LocalServersError {
  readonly code = 'LOCAL_SERVERS_BINARY_NOT_FOUND';
  constructor(
    readonly program: string,
    readonly tried: readonly FailedRoute[],
    wayOut: string,
  ) {
    super(
      `No ${program} was found or could be fetched. Tried, in this order:\n` +
        `${tried.map(({ route, outcome }) => `  - ${route}: ${outcome}`).join('\n')}\n${wayOut}`,
    );
  }
}

/** How a server's process ended, with the last lines that it wrote. */
export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly lastLines: readonly string[];
}

/** A server ended, or said nothing, before it was ready. */
export class ServerStartError extends LocalServersError {
  readonly code = 'LOCAL_SERVERS_NOT_STARTED';
  /** Somebody else listens on the port. */
  readonly isPortTaken: boolean;
  /** Another server works on the data folder. */
  readonly isFolderTaken: boolean;
  constructor(
    readonly role: string,
    readonly reason: string,
    readonly logFile: string,
    readonly ending?: Ending,
  ) {
    const lines = ending?.lastLines ?? [];
    super(
      `The local server "${role}" did not start: ${reason}.\n${lines.map((line) => `  | ${line}\n`).join('')}` +
        `Its log is ${logFile}; with a URL in the environment none is started.`,
    );
    this.isPortTaken = lines.some((line) => /address already in use/i.test(line));
    this.isFolderTaken = ending?.code === MONGOD_FOLDER_TAKEN;
  }
}

const MONGOD_FOLDER_TAKEN = 100;

/** Who holds a home folder. */
export interface Holder {
  readonly pid: number;
  /** The command that holds it, such as `npm start`. */
  readonly command: string;
}

/** Another process works with this home folder. */
export class HomeInUseError extends LocalServersError {
  readonly code = 'LOCAL_SERVERS_HOME_IN_USE';
  constructor(
    readonly home: string,
    readonly holder: Holder | undefined,
  ) {
    super(
      `${home} is in use by ${holder ? `"${holder.command}", process ${holder.pid}` : 'a process that does not answer'}. ` +
        'Stop that one first, or set LARDER_HOME to another folder.',
    );
  }
}
