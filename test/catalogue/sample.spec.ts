import { getConnectionToken } from '@nestjs/mongoose';
import type { Connection } from 'mongoose';
import { aTestApi, type TestApi } from '../support/api.js';
import { run } from './import.run.js';

const PASSWORD = 'the first password';

describe('filling an empty shop with the sample', () => {
  let api: TestApi;
  let env: Record<string, string>;
  beforeAll(async () => {
    api = await aTestApi(import.meta.filename, { RATE_LIMIT_SIGN_IN: '100000/1m' });
    const url = new URL(process.env['MONGODB_URI'] ?? '');
    url.pathname = `/${api.app.get<Connection>(getConnectionToken()).name}`;
    const keys = 'test:a secret that is thirty-two bytes long';
    env = { MONGODB_URI: url.href, ADMIN_PASSWORD: PASSWORD, ACCESS_TOKEN_KEYS: keys };
  });
  afterAll(() => api.close());

  it('makes 2,000 products with stock in 12 categories, and says so in one line', async () => {
    const { code, printed } = await run({ script: 'sample.js', env });

    expect(code).toBe(0);
    expect(printed).toMatch(/^Sample catalogue: 2000 products.*\n$/);
    const { body } = await api.call('GET /v1/categories');
    expect(body?.['items']).toHaveLength(12);
    const first = await api.call('GET /v1/products/p-0001');
    expect(first.body).toMatchObject({ category: 'kitchen', price: { currency: 'USD' } });
    const stocks = await api.app.get<Connection>(getConnectionToken()).collection('stocks').countDocuments();
    expect(stocks).toBe(2_000);
  });

  it('makes a customer and a merchandiser, who sign in with the password of the administrator', async () => {
    const signIn = (name: string) =>
      api.call('POST /v1/sessions', { body: { email: `${name}@larder.test`, password: PASSWORD } });

    expect((await signIn('customer')).body).toMatchObject({ user: { roles: ['customer'] } });
    expect((await signIn('merchandiser')).body).toMatchObject({ user: { roles: ['merchandiser'] } });
  });

  it('leaves a shop alone that has products', async () => {
    await api.asAdmin('DELETE /v1/admin/products/p-0001');

    const { code, printed } = await run({ script: 'sample.js', env });

    expect({ code, printed }).toEqual({ code: 0, printed: 'The shop has its catalogue; the sample is left out.\n' });
    expect((await api.call('GET /v1/products/p-0001')).status).toBe(404);
  });
});
