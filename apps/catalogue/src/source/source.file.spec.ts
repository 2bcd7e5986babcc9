import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UsageError } from '../command/usage.error.js';
import { LONGEST_LINE_BYTES } from './line.js';
import { openSource } from './source.file.js';
import { isRejected, type ReadRow } from './source-row.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'source-'));
});
afterAll(() => rm(folder, { recursive: true }));

const fileOf = async (content: string | Buffer, name = 'shop.csv'): Promise<string> => {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
};

const rowsOf = async (path: string, wanted: string[], delimiter = ','): Promise<ReadRow[]> => {
  const { source, close } = await openSource(path, delimiter);
  const rows: ReadRow[] = [];
  for await (const batch of source.rows(wanted)) rows.push(...batch);
  await close();
  return rows;
};

/** Rows in short: line and cells, or line and reason. */
const short = (rows: ReadRow[]): unknown[][] =>
  rows.map((row) => [row.line, ...(isRejected(row) ? [`✗ ${row.reason}`] : row.cells)]);

describe('a CSV source', () => {
  it('reads quotes, delimiters and line ends inside cells, and keeps the line numbers right', async () => {
    const path = await fileOf('id,name\r\n1,"a, ""b"""\r\n\r\n2,"two\r\nlines"\r\n3,c');

    expect(short(await rowsOf(path, ['name', 'id', 'none']))).toEqual([
      [2, 'a, "b"', '1', undefined],
      [4, 'two\nlines', '2', undefined],
      [6, 'c', '3', undefined],
    ]);
  });

  it('drops a byte order mark, so that the first column keeps its name', async () => {
    const { source, close } = await openSource(await fileOf('\ufeffid;name\n1;a\n'), ';');

    expect(source.columns).toEqual(['id', 'name']);
    await close();
  });

  it.each([
    [
      '1,"never closed\n2,b\n3,c\n',
      [
        [2, '✗ a quote is opened and not closed'],
        [3, '2', 'b'],
        [4, '3', 'c'],
      ],
    ],
    [
      '1,"a"b\n2,"b"\n3,c\n',
      [
        [2, '✗ text follows a closing quote'],
        [3, '2', 'b'],
        [4, '3', 'c'],
      ],
    ],
    [
      '1,24" wide\n2,b "x" c\n3,c\n',
      [
        [2, '✗ a quote is opened and not closed'],
        [3, expect.stringMatching('✗ a quote stands inside')],
        [4, '3', 'c'],
      ],
    ],
    [
      '1\n2,b\n3,c,d\n',
      [
        [2, '✗ 1 cells, the header has 2'],
        [3, '2', 'b'],
        [4, '✗ 3 cells, the header has 2'],
      ],
    ],
  ])('loses no more than the broken row of %j', async (body, expected) => {
    expect(short(await rowsOf(await fileOf(`id,name\n${body}`), ['id', 'name']))).toEqual(expected);
  });

  it('rejects a row in another encoding and one that has no end, and reads on', async () => {
    const body = [
      Buffer.from('id,name\n1,caf'),
      Buffer.from([0xe9]),
      Buffer.from('\n2,b\n3,'),
      Buffer.alloc(LONGEST_LINE_BYTES + 1, 'x'),
    ];
    const path = await fileOf(Buffer.concat([...body, Buffer.from('\n4,\ufffd\n')]));

    expect(short(await rowsOf(path, ['id', 'name']))).toEqual([
      [2, '✗ the line is not UTF-8'],
      [3, '2', 'b'],
      [4, '✗ the line is too long'],
      [5, '4', '\ufffd'],
    ]);
  });

  it('gives each row as it stands in the file', async () => {
    const [first, second] = await rowsOf(await fileOf('id,name\n1,"a  b"\n2\n'), ['id']);

    expect(first?.raw).toBe('1,"a  b"');
    expect(second?.raw).toBe('2');
  });

  it('reads a header without rows as no rows', async () => {
    expect(await rowsOf(await fileOf('id,name\n'), ['id'])).toEqual([]);
  });

  it.each([
    ['', /empty/],
    ['\n\n', /empty/],
    ['\ufeff', /empty/],
    ['id,"na\n', /header in line 1/],
    [Buffer.from('\ufeffid,name\n', 'utf16le'), /UTF-16/],
  ])('refuses the file %j', async (content, message) => {
    const path = await fileOf(content);

    await expect(openSource(path, ',')).rejects.toThrow(UsageError);
    await expect(openSource(path, ',')).rejects.toThrow(message);
  });

  it('refuses a directory and a file that is not there', async () => {
    await expect(openSource(folder, ',')).rejects.toThrow(/is a directory/);
    await expect(openSource(join(folder, 'none.csv'), ',')).rejects.toThrow(/does not exist/);
  });
});

describe('a JSON Lines source', () => {
  it('reads fields inside objects, keeps numbers, and rejects lines that are no objects', async () => {
    const lines = ['{"id":"1","size":{"w":5},"a.b":true}', '', 'nonsense', '[1]', '{"id":null}', '{"id":["x"]}'];
    const rows = await rowsOf(await fileOf(lines.join('\n'), 'shop.jsonl'), ['id', 'size.w', 'a.b']);

    expect(short(rows)).toEqual([
      [1, '1', 5, true],
      [3, expect.stringMatching('✗ the line is no JSON')],
      [4, '✗ the line is no JSON object'],
      [5, undefined, undefined, undefined],
      [6, '✗ id is a list or an object; a single value is expected'],
    ]);
  });

  it('is told by its content where the extension says nothing', async () => {
    const { source, close } = await openSource(await fileOf('{"id":"1","size":{"w":5}}\n', 'shop.txt'), ',');

    expect(source).toMatchObject({ columns: ['id', 'size.w'], isComplete: false });
    await close();
  });

  it.each([
    ['[\n{"id":1}\n]', /JSON list/],
    ['', /empty/],
  ])('refuses the file %j', async (content, message) => {
    await expect(openSource(await fileOf(content, 'shop.json'), ',')).rejects.toThrow(message);
  });
});
