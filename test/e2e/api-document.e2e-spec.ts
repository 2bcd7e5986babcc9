import SwaggerParser from '@apidevtools/swagger-parser';
import { aTestApi, type TestApi } from '../support/api.js';

type Schema = Record<string, unknown>;
interface Operation {
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { readonly schema: Schema }>> }>
  >;
  readonly security?: readonly object[];
}
interface Document {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

describe('the OpenAPI document', () => {
  let api: TestApi;
  let document: Document;
  beforeAll(async () => {
    api = await aTestApi(import.meta.filename);
    document = (await api.call('GET /docs-json')).body as unknown as Document;
  });
  afterAll(() => api.close());

  const operations = (): [string, Operation][] =>
    Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]): [string, Operation] => [
        `${method.toUpperCase()} ${path}`,
        operation,
      ]),
    );

  it('is valid OpenAPI 3.1', async () => {
    expect(document.openapi).toBe('3.1.0');
    await expect(SwaggerParser.validate(structuredClone(document) as never)).resolves.toBeDefined();
  });

  it('has a closed schema for every answer with a body, and a problem for every refusal', () => {
    for (const [name, { responses }] of operations()) {
      for (const [status, { content = {} }] of Object.entries(responses)) {
        if (Number(status) >= 400)
          expect([name, status, Object.keys(content)]).toEqual([name, status, ['application/problem+json']]);
        else if (!['204', '304'].includes(status))
          expect([name, content['application/json']?.schema]).toEqual([
            name,
            expect.objectContaining({ type: 'object', additionalProperties: false }),
          ]);
      }
    }
  });

  it('says of every administrative route that it needs a session, and may answer 401 and 403', () => {
    const administrative = operations().filter(([name]) => name.includes('/v1/admin/'));
    expect(administrative.length).toBeGreaterThan(7);
    for (const [name, { security, responses }] of administrative) {
      expect([name, security]).toEqual([name, [{ session: [] }]]);
      expect(Object.keys(responses)).toEqual(expect.arrayContaining(['401', '403']));
    }
  });

  it('is shown to people', async () => {
    const page = await api.call('GET /docs');
    expect(page).toMatchObject({ status: 200, headers: { 'content-type': 'text/html; charset=utf-8' } });
    for (const [, file] of page.text.matchAll(/(?:src|href)="([^"]+)"/g))
      expect((await api.call(`GET ${String(file)}`)).status).toBe(200);
  });
});
