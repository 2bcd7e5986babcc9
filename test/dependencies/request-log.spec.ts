import { aTestApi, type TestApi } from '../support/api.js';

// What a process logs cannot be read by its URL.
describe('the log of requests', () => {
  let api: TestApi;
  beforeAll(async () => {
    api = await aTestApi(import.meta.filename);
  });
  afterAll(() => api.close());

  it('has the id that the answer carries', async () => {
    const { body } = await api.call('GET /v1/products/nothing');
    const id = String(body?.['instance']).replace('urn:uuid:', '');
    const lines = api.logged.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines).toContainEqual(
      expect.objectContaining({ reqId: id, method: 'GET', path: '/v1/products/nothing', status: 404 }),
    );
  });
});
