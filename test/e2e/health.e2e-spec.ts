import { closeInstances, type Instances, theInstances } from '../support/e2e/instances.js';

describe('the health of an instance', () => {
  let instances: Instances;
  beforeAll(async () => {
    instances = await theInstances(import.meta.filename);
  });
  afterAll(() => closeInstances(import.meta.filename));

  it('is told by each: alive, and ready with every store', async () => {
    for (const instance of [instances.entry, instances.first, instances.second]) {
      expect(await instance.call('GET /health/live')).toMatchObject({ status: 200, body: { status: 'live' } });
      expect(await instance.call('GET /health/ready')).toMatchObject({
        status: 200,
        headers: { 'cache-control': 'no-store' },
        body: { status: 'ready', dependencies: { mongodb: 'up', redis: 'up' } },
      });
    }
  });
});
