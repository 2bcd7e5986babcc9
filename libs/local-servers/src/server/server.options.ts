import { join } from 'node:path';
import type { Search } from '../binary/binary.resolve.js';
import { type Report, silent } from '../progress.report.js';
import type { Place } from './local.server.js';

/** How a single server is started. */
export interface ServerOptions extends Place {
  /** The folder that keeps fetched server programs; `.larder/bin` of the working folder by default. */
  readonly binaries?: string | undefined;
  /** The program to run, instead of looking for one. */
  readonly binary?: string | undefined;
  /** Further arguments of the program, after ours. */
  readonly args?: readonly string[];
  /** Told what is fetched and from where; nobody by default. */
  readonly report?: Report;
}

/** Where a server's program is looked for. */
export const searchOf = ({ binaries, binary, report = silent }: ServerOptions): Search => ({
  binaries: binaries ?? join(process.cwd(), '.larder', 'bin'),
  given: binary,
  report,
});
