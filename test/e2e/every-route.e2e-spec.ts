import type { Answer, Sent } from '../support/api.js';
import { type Operation, operationsOf } from '../support/e2e/api.document.js';
import { closeInstances, type Instances, theInstances } from '../support/e2e/instances.js';
import { anId } from '../support/e2e/products.js';

const JSON_TYPE = { 'content-type': 'application/json' };
const OVER_1_MIB = `"${'x'.repeat(1_048_576)}"`;

describe('every documented route', () => {
  let instances: Instances;
  let operations: Operation[];
  beforeAll(async () => {
    instances = await theInstances(import.meta.filename);
    operations = operationsOf(instances.document);
  });
  afterAll(() => closeInstances(import.meta.filename));

  const filled = ({ method, path }: Operation, id = anId('none')): string =>
    `${method} ${path.replaceAll(/\{\w+\}/g, id)}`;
  const isWrite = ({ method }: Operation): boolean => method !== 'GET';
  /** Expects `status` of each route, and that there are some. */
  const eachAnswers = async (
    routes: readonly Operation[],
    status: number,
    ask: (operation: Operation) => Promise<Answer>,
  ): Promise<void> => {
    expect(routes.length).toBeGreaterThan(0);
    const answered = [];
    for (const operation of routes) answered.push([operation.name, (await ask(operation)).status]);
    expect(answered).toEqual(routes.map(({ name }) => [name, status]));
  };
  const asNobody = (operation: Operation, sent?: Sent): Promise<Answer> =>
    instances.entry.call(filled(operation), sent);

  it('is refused with 414 from 8 KiB on', () =>
    eachAnswers(operations, 414, (one) => instances.entry.call(`${filled(one)}?q=${'x'.repeat(8_192)}`)));

  it('that changes something refuses what is no JSON, what is too large, and other types', async () => {
    const writes = operations.filter(isWrite);
    await eachAnswers(writes, 400, (one) => asNobody(one, { body: '{"', headers: JSON_TYPE }));
    await eachAnswers(writes, 413, (one) => asNobody(one, { body: OVER_1_MIB, headers: JSON_TYPE }));
    await eachAnswers(writes, 415, (one) => asNobody(one, { body: 'a=b', headers: { 'content-type': 'text/plain' } }));
  });

  it('with an id in its address refuses what is none', () =>
    eachAnswers(
      operations.filter(({ path }) => path.includes('{')),
      400,
      (one) => instances.entry.as('admin')(filled(one, 'a%20b')),
    ));

  it('that needs a session is a 401 to nobody and to a token that was never given', async () => {
    const guarded = operations.filter(({ isProtected }) => isProtected);
    await eachAnswers(guarded, 401, (one) => asNobody(one));
    await eachAnswers(guarded, 401, (one) => instances.entry.as({ accessToken: 'x.y.z' })(filled(one)));
  });

  it('of the administration needs a session, and is a 403 to a customer', () => {
    const administrative = operations.filter(({ path }) => path.startsWith('/v1/admin/'));
    expect(administrative.filter(({ isProtected }) => !isProtected)).toEqual([]);
    return eachAnswers(administrative, 403, (one) => instances.entry.as('customer')(filled(one)));
  });

  it('is told its methods when it is asked by another', async () => {
    for (const path of Object.keys(instances.document.paths)) {
      const methods = operations.filter((one) => one.path === path).map(({ method }) => method);
      const allowed = [...methods, ...(methods.includes('GET') ? ['HEAD'] : [])];
      const { status, headers } = await instances.entry.call(`OPTIONS ${path.replaceAll(/\{\w+\}/g, anId('none'))}`);
      // A path with a name in it may be another's too: /v1/sessions/current takes what /v1/sessions/{sessionId} does.
      expect({ path, status, allow: String(headers['allow']).split(', ') }).toMatchObject({
        path,
        status: 405,
        allow: expect.arrayContaining(allowed) as unknown,
      });
    }
  });
});
