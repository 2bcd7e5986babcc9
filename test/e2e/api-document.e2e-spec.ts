import SwaggerParser from '@apidevtools/swagger-parser';
import { type ApiDocument, operationsOf, type Schema } from '../support/e2e/api.document.js';
import { Contract } from '../support/e2e/contract.js';
import { closeInstances, type Instances, theInstances } from '../support/e2e/instances.js';

const EMPTY = ['204', '304'];
const MEMBERS = ['anyOf', 'oneOf', 'allOf', 'prefixItems'] as const;

/** What is open or untyped in a schema: where it is, and why. */
const faultsOf = (schema: Schema, at: string): string[] => {
  const { $ref, type, properties, additionalProperties, items } = schema;
  if ($ref !== undefined) return [];
  const lists = MEMBERS.flatMap((name) => (schema[name] as Schema[] | undefined) ?? []);
  const isTyped = type !== undefined || lists.length > 0 || 'const' in schema || 'enum' in schema;
  const isOpen = type === 'object' && (additionalProperties === undefined || additionalProperties === true);
  return [
    ...(isTyped ? [] : [`${at} has no type`]),
    ...(isOpen ? [`${at} is open`] : []),
    ...(type === 'array' && items === undefined ? [`${at} has no items`] : []),
    ...Object.entries((properties ?? {}) as Record<string, Schema>).flatMap(([name, member]) =>
      faultsOf(member, `${at}.${name}`),
    ),
    ...(typeof additionalProperties === 'object' ? faultsOf(additionalProperties as Schema, `${at}.*`) : []),
    ...(items === undefined ? [] : faultsOf(items as Schema, `${at}[]`)),
    ...lists.flatMap((member, number) => faultsOf(member, `${at}(${number})`)),
  ];
};

describe('the OpenAPI document', () => {
  let instances: Instances;
  let document: ApiDocument;
  beforeAll(async () => {
    instances = await theInstances(import.meta.filename);
    ({ document } = instances);
  });
  afterAll(() => closeInstances(import.meta.filename));

  it('is valid OpenAPI 3.1', async () => {
    expect(document.openapi).toBe('3.1.0');
    await expect(SwaggerParser.validate(structuredClone(document) as never)).resolves.toBeDefined();
  });

  it('has a content type for every answer with a body, a problem for every refusal, and none for an empty answer', () => {
    for (const { name, responses } of operationsOf(document)) {
      for (const [status, { content = {} }] of Object.entries(responses)) {
        const expected = Number(status) >= 400 ? ['application/problem+json'] : ['application/json'];
        expect([name, status, Object.keys(content)]).toEqual([name, status, EMPTY.includes(status) ? [] : expected]);
      }
    }
  });

  it('has a closed and typed schema for every answer, inside too', () => {
    const ofAnswers = operationsOf(document).flatMap(({ name, responses }) =>
      Object.entries(responses).flatMap(([status, { content = {} }]) =>
        Object.values(content).flatMap(({ schema }) => faultsOf(schema, `${name} ${status}`)),
      ),
    );
    const ofComponents = Object.entries(document.components.schemas).flatMap(([name, schema]) =>
      faultsOf(schema, name),
    );
    expect([...ofAnswers, ...ofComponents]).toEqual([]);
  });

  it('finds fault with a schema that is open or untyped', () => {
    expect(faultsOf({ type: 'object' }, 'a')).toEqual(['a is open']);
    expect(faultsOf({ type: 'object', additionalProperties: false, properties: { b: {} } }, 'a')).toEqual([
      'a.b has no type',
    ]);
    expect(faultsOf({ type: 'array', items: { anyOf: [{ type: 'null' }, {}] } }, 'a')).toEqual(['a[](1) has no type']);
  });

  it('is what every answer is held against: one that breaks it is an error', () => {
    const contract = new Contract(document);
    const json = { 'content-type': 'application/json; charset=utf-8' };
    const live = { status: 200, headers: json, body: { status: 'live' }, text: '{"status":"live"}' };
    const check =
      (change: object, line = 'GET /health/live') =>
      (): unknown =>
        contract.check(line, { ...live, ...change });

    expect(check({})()).toBe('GET /health/live');
    expect(check({ status: 201 })).toThrow('status 201; documented are 200');
    expect(check({ body: { status: 'dead' } })).toThrow('body/status');
    expect(check({ body: { status: 'live', more: 1 } })).toThrow('must NOT have additional properties');
    expect(check({ body: undefined })).toThrow('must be object');
    expect(check({ headers: { 'content-type': 'text/html' } })).toThrow('content type "text/html"');
    expect(check({ text: 'x' }, 'HEAD /health/live')).toThrow('a body to HEAD');
    expect(check({ status: 204, text: 'x' }, 'DELETE /v1/sessions/current')).toThrow('a body where none is documented');
    expect(check({}, 'GET /v1/nowhere')).toThrow('status 200 where there is no route');
    expect(check({ status: 404 }, 'GET /v1/nowhere')).toThrow('no problem where there is no route');
  });

  it('says of every administrative route that it needs a session, and may answer 401 and 403', () => {
    const administrative = operationsOf(document).filter(({ path }) => path.startsWith('/v1/admin/'));
    expect(administrative.length).toBeGreaterThan(7);
    for (const { name, isProtected, responses } of administrative) {
      expect([name, isProtected]).toEqual([name, true]);
      expect(Object.keys(responses)).toEqual(expect.arrayContaining(['401', '403']));
    }
  });

  it('is the same at every instance', async () => {
    for (const instance of [instances.first, instances.second])
      expect((await instance.call('GET /docs-json')).body).toEqual(document);
  });

  it('is shown to people', async () => {
    const page = await instances.entry.call('GET /docs');
    expect(page).toMatchObject({ status: 200, headers: { 'content-type': 'text/html; charset=utf-8' } });
    const files = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)];
    expect(files.length).toBeGreaterThan(0);
    for (const [, file] of files) expect((await instances.entry.call(`GET ${String(file)}`)).status).toBe(200);
  });
});
