import { parseCommandLine } from './command-line.js';
import { UsageError } from './usage.error.js';

describe('the command line of the import', () => {
  it('has defaults for everything but the file', () => {
    expect(parseCommandLine(['shop.csv'])).toMatchObject({
      file: 'shop.csv',
      delimiter: ',',
      decimal: '.',
      currency: 'USD',
      isDryRun: false,
    });
  });

  it('reads every flag, before and after the file, with = and without', () => {
    const words = [
      '--delimiter',
      ';',
      'shop.csv',
      '--decimal=,',
      '--currency',
      'SAR',
      '--dry-run',
      '--map',
      'id=item_id',
    ];

    expect(parseCommandLine(words)).toMatchObject({ delimiter: ';', decimal: ',', currency: 'SAR', isDryRun: true });
  });

  it.each(['\\t', 'tab', '\t'])('takes %j as a tab', (delimiter) => {
    expect(parseCommandLine(['shop.tsv', '--delimiter', delimiter])).toMatchObject({ delimiter: '\t' });
  });

  it('answers help before it looks for a file', () => {
    expect(parseCommandLine(['--help'])).toBe('help');
  });

  it.each([
    [[], /No FILE/],
    [['a.csv', 'b.csv'], /One FILE/],
    [['a.csv', '--colour', 'red'], /--colour/],
    [['a.csv', '--map'], /--map/],
    [['a.csv', '--delimiter', ';;'], /One character/],
    [['a.csv', '--delimiter', '"'], /One character/],
    [['a.csv', '--decimal', ';'], /neither/],
    [['a.csv', '--currency', 'XQQ'], /no currency/],
    [['a.csv', '--dry-run=yes'], /dry-run/],
  ])('refuses %j', (words, message) => {
    expect(() => parseCommandLine(words)).toThrow(UsageError);
    expect(() => parseCommandLine(words)).toThrow(message);
  });
});
