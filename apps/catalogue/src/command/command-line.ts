import { parseArgs } from 'node:util';
import { FieldMapping } from '../mapping/field-mapping.js';
import { isCurrency } from '../mapping/currency.js';
import { UsageError } from './usage.error.js';

/** What the import command was asked to do. */
export interface ImportOrder {
  readonly file: string;
  readonly mapping: FieldMapping;
  /** One character. */
  readonly delimiter: string;
  readonly decimal: '.' | ',';
  readonly currency: string;
  /** Reads and checks everything, stores nothing. */
  readonly isDryRun: boolean;
}

/** What `--help` prints. */
export const HELP = `npm run import -- FILE [--map field=column]… [--delimiter ';'] [--decimal ','] [--currency SAR] [--dry-run]

Reads a catalogue (CSV with a header line, or JSON Lines) and stores its products by their id.

  --map field=column   where a field stands in the file; may be repeated. Without it: the column of the same name.
                       Fields: id, name, category, price (these four are needed), sku (default: the id), description,
                       thumbnail, stock (default: 0 for a new product), and attributes.X for any X.
  --delimiter C        what separates the cells of a CSV file; default ","; "\\t" is a tab
  --decimal C          the decimal sign of prices, "." or ","; default "."
  --currency CODE      the currency of prices; default USD
  --dry-run            reads and checks everything, writes the rejects, stores nothing
  --help               this text

Rows with the same id are one product in several categories; its first row gives everything else.
A product becomes what the file says of it: what has no column is emptied, but the stock, which stays. Products that
are not in the file stay as they are. Rows that cannot be taken go to FILE.rejects.csv, with line and reason.
The last line printed is { read, inserted, updated, unchanged, rejected }: rows read and rejected, products otherwise.

Exit: 0 done, 1 the store cannot be reached, 2 wrong usage, 3 done but rows were rejected, 130 interrupted.

Example:
  npm run import -- shop.csv --map id=item_id --map attributes.width=width --delimiter ';' --decimal ',' --currency SAR
`;

const OPTIONS = {
  map: { type: 'string', multiple: true, default: [] as string[] },
  delimiter: { type: 'string', default: ',' },
  decimal: { type: 'string', default: '.' },
  currency: { type: 'string', default: 'USD' },
  'dry-run': { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} satisfies NonNullable<Parameters<typeof parseArgs>[0]>['options'];

const parsed = (words: readonly string[]) => {
  try {
    return parseArgs({ args: [...words], options: OPTIONS, allowPositionals: true });
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException;
    if (code.startsWith('ERR_PARSE_ARGS')) throw new UsageError(`${message}. --help lists the flags.`);
    throw error;
  }
};

const delimiterOf = (text: string): string => {
  const delimiter = text === '\\t' || text === 'tab' ? '\t' : text;
  if (delimiter.length === 1 && !/["\r\n]/.test(delimiter)) return delimiter;
  throw new UsageError(`--delimiter ${JSON.stringify(text)} is no delimiter. One character is expected, such as ";".`);
};

/**
 * The order in the words of a command line, or `'help'` when that was asked for.
 * @throws {UsageError} an unknown flag, a missing or second FILE, or a value that a flag does not take
 */
export const parseCommandLine = (words: readonly string[]): ImportOrder | 'help' => {
  const { values, positionals } = parsed(words);
  if (values.help) return 'help';
  const [file, ...more] = positionals;
  if (file === undefined) throw new UsageError('No FILE is given. --help shows how to call it.');
  if (more.length > 0)
    throw new UsageError(`One FILE is expected, ${positionals.length} are given: ${positionals.join(' ')}`);
  const { decimal, currency } = values;
  if (decimal !== '.' && decimal !== ',')
    throw new UsageError(`--decimal ${JSON.stringify(decimal)} is neither "." nor ",".`);
  if (!isCurrency(currency)) {
    throw new UsageError(`--currency ${JSON.stringify(currency)} is no currency. A code such as SAR is expected.`);
  }
  return {
    file,
    mapping: FieldMapping.parse(values.map),
    delimiter: delimiterOf(values.delimiter),
    decimal,
    currency,
    isDryRun: values['dry-run'],
  };
};
