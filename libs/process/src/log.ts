import type { Settings } from '@larder/config';
import { type DestinationStream, type Logger, pino } from 'pino';
import pretty from 'pino-pretty';

const SECRET_FIELDS = [
  'authorization',
  'cookie',
  'password',
  'secret',
  'accessToken',
  'refreshToken',
  'token',
  'email',
];
const REDACTED = '[hidden]';
const SECRETS_IN_TEXT: readonly (readonly [RegExp, string])[] = [
  [/\beyJ[\w-]+\.[\w-]+(\.[\w-]*)?/g, REDACTED],
  [/\b(Bearer|Basic)\s+[\w.~+/=-]+/gi, `$1 ${REDACTED}`],
  [/(:\/\/)[^\s/"@]+@/g, `$1${REDACTED}@`],
  [/[\w.+%-]{1,64}(@|%40)[\w-]+(\.[\w-]+)+/gi, REDACTED],
];

/** `line` without tokens, e-mail addresses and the credentials of URLs, whoever wrote them into a message. */
export const withoutSecrets = (line: string): string =>
  SECRETS_IN_TEXT.reduce((text, [pattern, replacement]) => text.replace(pattern, replacement), line);

/**
 * The log of this process: JSON lines, readable ones in a terminal outside production. `mixin` answers what every line
 * carries besides; none carries a secret. It is written at once, so nothing is lost when the process ends.
 */
export const createLog = (
  settings: Pick<Settings, 'LOG_LEVEL' | 'NODE_ENV'>,
  { mixin, destination }: { readonly mixin?: () => object; readonly destination?: DestinationStream } = {},
): Logger =>
  pino(
    {
      level: settings.LOG_LEVEL,
      base: { pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      ...(mixin && { mixin }),
      redact: { paths: SECRET_FIELDS.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]), censor: REDACTED },
      hooks: { streamWrite: withoutSecrets },
    },
    destination ?? terminal(settings) ?? pino.destination({ sync: true }),
  );

const terminal = ({ NODE_ENV }: Pick<Settings, 'NODE_ENV'>): DestinationStream | undefined => {
  if (NODE_ENV === 'production' || !process.stdout.isTTY) return undefined;
  return pretty({
    sync: true,
    singleLine: true,
    ignore: 'pid,context,method,path,status,ms',
    translateTime: 'SYS:HH:MM:ss.l',
    messageFormat: '{if context}[{context}] {end}{msg}{if method} {method} {path} {status} in {ms} ms{end}',
  });
};
