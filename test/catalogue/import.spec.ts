import { writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { getConnectionToken } from '@nestjs/mongoose';
import type { Connection } from 'mongoose';
import { aTestApi, type TestApi } from '../support/api.js';
import { aFile, endingOf, launch, rejectsOf, run, type Ending } from './import.run.js';

let api: TestApi;
let uri: string;
beforeAll(async () => {
  api = await aTestApi(import.meta.filename);
  const url = new URL(process.env['MONGODB_URI'] ?? '');
  url.pathname = `/${api.app.get<Connection>(getConnectionToken()).name}`;
  uri = url.href;
});
afterAll(() => api.close());

const importing = (file: string, ...words: string[]): Promise<Ending> =>
  run({ words: [file, ...words], env: { MONGODB_URI: uri } });
const product = async (id: string) => (await api.call(`GET /v1/products/${id}`)).body;
const HEADER = 'id,name,category,price,stock\n';

describe('npm run import', () => {
  it('makes products with all their categories, and a running API shows them at once', async () => {
    expect((await api.call('GET /v1/products/fresh-1')).status).toBe(404); // and remembers that there is none
    const file = await aFile(
      `${HEADER}fresh-1,Chair,Fresh chairs,10.50,3\nfresh-2,Bed,Beds,1,\nfresh-1,Chair,Café,10.50,3\n`,
    );

    const { code, report } = await importing(file);

    expect({ code, report }).toEqual({
      code: 0,
      report: { read: 3, inserted: 2, updated: 0, unchanged: 0, rejected: 0 },
    });
    expect(await product('fresh-1')).toMatchObject({
      sku: 'fresh-1',
      name: 'Chair',
      category: 'fresh-chairs',
      categories: ['fresh-chairs', 'cafe'],
      price: { amount: 1_050, currency: 'USD' },
      stock: { available: 3 },
      version: 1,
    });
    expect(await product('fresh-2')).toMatchObject({ stock: { available: 0 } });
    expect(await rejectsOf(file)).toBeUndefined();
  });

  it('changes nothing the second time, and only what differs the third', async () => {
    const file = await aFile(
      `${HEADER}again-1,Chair,Again,10,3\nagain-2,Bed,Again,1,4\nagain-1,Chair,Again more,10,3\n`,
    );
    await importing(file);
    const before = await product('again-2');

    const second = await importing(file);
    expect(second.report).toEqual({ read: 3, inserted: 0, updated: 0, unchanged: 2, rejected: 0 });
    expect(await product('again-2')).toEqual(before);

    await writeFile(file, `${HEADER}again-1,Chair,Again,12,3\nagain-2,Bed,Again,1,4\nagain-1,Chair,Again more,12,3\n`);
    const third = await importing(file);
    expect(third.report).toEqual({ read: 3, inserted: 0, updated: 1, unchanged: 1, rejected: 0 });
    expect(await product('again-1')).toMatchObject({ price: { amount: 1_200 }, version: 2 });
    const listed = await api.call('GET /v1/categories/again-more/products');
    expect(listed.body).toMatchObject({ total: 1, items: [{ id: 'again-1', price: { amount: 1_200 } }] });
  });

  it('leaves the stock alone where the file says nothing about it', async () => {
    await importing(await aFile(`${HEADER}kept-1,Chair,Kept,10,7\n`));
    await importing(await aFile('id,name,category,price\nkept-1,Stool,Kept,10\n'));

    expect(await product('kept-1')).toMatchObject({ name: 'Stool', stock: { available: 7 } });
  });

  it('keeps the rows that it cannot take, with line and reason, takes the others, and forgets them when they are mended', async () => {
    const rows = [
      'bad-1,A,Bad,"1,000",1',
      'bad-2,B,Bad,-1,1',
      ',C,Bad,1,1',
      'bad-4,"D,Bad,1,1',
      'bad-5,E,Bad,5,1',
      'bad-6,F,Bad',
    ];
    const file = await aFile(`${HEADER}${rows.join('\n')}\n`);

    const { code, report, said } = await importing(file);

    expect({ code, report }).toEqual({
      code: 3,
      report: { read: 6, inserted: 1, updated: 0, unchanged: 0, rejected: 5 },
    });
    expect(said).toContain(`${file}.rejects.csv`);
    expect(await rejectsOf(file)).toEqual([
      'line,reason,row',
      expect.stringMatching(/^2,.*no plain number.*,"bad-1,A,Bad,""1,000"",1"$/),
      expect.stringMatching(/^3,.*negative/),
      expect.stringMatching(/^4,the id is missing/),
      expect.stringMatching(/^5,a quote is opened and not closed,"bad-4,""D,Bad,1,1"$/),
      expect.stringMatching(/^7,"3 cells, the header has 5"/),
    ]);

    await writeFile(file, `${HEADER}bad-1,A,Bad,1000,1\n`);
    expect((await importing(file)).code).toBe(0);
    expect(await rejectsOf(file)).toBeUndefined();
  });

  it('rejects every row of a product whose sku is another one’s', async () => {
    await importing(await aFile('id,sku,name,category,price\nsku-1,SKU-X,A,Skus,1\n'));

    const { code, report } = await importing(
      await aFile('id,sku,name,category,price\nsku-2,SKU-X,B,Skus,1\nsku-2,SKU-X,B,Skus too,1\n'),
    );

    expect({ code, report }).toEqual({
      code: 3,
      report: { read: 2, inserted: 0, updated: 0, unchanged: 0, rejected: 2 },
    });
    expect((await api.call('GET /v1/products/sku-2')).status).toBe(404);
  });

  it('says what it would do in a dry run, and does none of it', async () => {
    const file = await aFile(`${HEADER}dry-1,A,Dry,1,1\ndry-2,B,Dry,x,1\n`);

    const { code, report, said } = await importing(file, '--dry-run');

    expect({ code, report }).toEqual({
      code: 3,
      report: { read: 2, inserted: 1, updated: 0, unchanged: 0, rejected: 1 },
    });
    expect(said).toContain('nothing was stored');
    expect((await api.call('GET /v1/products/dry-1')).status).toBe(404);
    expect((await api.call('GET /v1/categories/dry/products')).status).toBe(404);
  });

  it('reads JSON Lines with a byte order mark, CRLF and numbers', async () => {
    const lines = [
      '{"id":"jl-1","name":"A","category":"Lines","price":19.9,"attributes":{"width":51}}',
      '{"id":"jl-2"}',
      '',
    ];

    const { code, report } = await importing(await aFile(`\ufeff${lines.join('\r\n')}`, 'shop.jsonl'));

    expect({ code, report }).toMatchObject({ code: 3, report: { read: 2, inserted: 1, rejected: 1 } });
    expect(await product('jl-1')).toMatchObject({ price: { amount: 1_990 }, attributes: { width: 51 } });
  });

  it.each([
    ['no file', () => Promise.resolve([]), /No FILE/],
    ['an unknown flag', async () => [await aFile(HEADER), '--colour'], /--colour/],
    ['an empty file', async () => [await aFile('')], /empty/],
    ['a directory', async () => [dirname(await aFile(''))], /is a directory/],
    ['a file that is not there', () => Promise.resolve(['none.csv']), /does not exist/],
    ['another delimiter', async () => [await aFile(HEADER.replaceAll(',', ';'))], /found: id;name.*--map.*--delimiter/],
    ['a missing column', async () => [await aFile('id,name,price\n')], /missing: category\. .*found: id, name, price/],
  ])('exits with 2 for %s, says why, and needs no store for it', async (_, words, reason) => {
    const { code, said, printed } = await run({
      words: await words(),
      env: { MONGODB_URI: 'mongodb://127.0.0.1:1/none' },
    });

    expect({ code, printed }).toEqual({ code: 2, printed: '' });
    expect(said).toMatch(reason);
  });

  it('helps', async () => {
    const { code, printed } = await run({ words: ['--help'] });

    expect(code).toBe(0);
    expect(printed).toContain('--map field=column');
  });

  it('exits with 1 when the store cannot be reached', async () => {
    const words = [await aFile(`${HEADER}away-1,A,Away,1,1\n`)];

    const { code, said, report } = await run({
      words,
      env: { MONGODB_URI: 'mongodb://127.0.0.1:1/none?replicaSet=none' },
    });

    expect({ code, report }).toEqual({ code: 1, report: undefined });
    expect(said).toMatch(/MongoDB.*MONGODB_URI/);
  });

  it('stores without the cache, and says that cached values may lag', async () => {
    const words = [await aFile(`${HEADER}lag-1,A,Lag,1,1\n`)];

    const { code, said, report } = await run({ words, env: { MONGODB_URI: uri, REDIS_URL: 'redis://127.0.0.1:1' } });

    expect({ code, report }).toMatchObject({ code: 0, report: { inserted: 1 } });
    expect(said).toMatch(/may lag/);
  });

  it('stops between two batches when interrupted; another run goes on from there', async () => {
    const rows = Array.from({ length: 6_000 }, (_, index) => `stop-${index},A,Stopped,1,1\n`);
    const file = await aFile(HEADER + rows.join(''));
    const child = launch({ words: [file], env: { MONGODB_URI: uri } });
    let isTold = false;
    child.stderr?.on('data', (chunk: Buffer) => {
      if (isTold || !chunk.includes('storing')) return;
      isTold = true; // one more, when it is about to end anyway, would find nobody who handles it
      child.kill('SIGINT');
    });

    const { code, report: stopped } = await endingOf(child);
    const { report } = await importing(file);

    expect(code).toBe(130);
    expect(stopped?.inserted).toBeGreaterThan(0);
    expect(stopped?.inserted).toBeLessThan(6_000);
    expect(report).toMatchObject({ unchanged: stopped?.inserted, inserted: 6_000 - (stopped?.inserted ?? 0) });
  });
});
