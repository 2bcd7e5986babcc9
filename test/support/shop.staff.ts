import type { Answer, Sent } from './api.js';
import type { ApiProcess, ShopProcesses } from './shop.processes.js';

/** What the first administrator does to products, at whichever API. */
export class ShopStaff {
  private constructor(
    private readonly api: ApiProcess,
    private readonly admin: { readonly authorization: string },
  ) {}

  /** Signed in at `api`, which is asked where no other is named. */
  static async at(shop: ShopProcesses, api: ApiProcess): Promise<ShopStaff> {
    return new ShopStaff(api, await shop.adminHeaders(api));
  }

  call(line: string, { body, headers }: Sent = {}, at = this.api): Promise<Answer> {
    return at.call(line, { ...(body !== undefined && { body }), headers: { ...this.admin, ...headers } });
  }

  /** Makes a product called like its id. */
  async make(id: string): Promise<void> {
    const price = { amount: 100, currency: 'USD' };
    const body = { id, sku: id, name: id, category: 'Edited things', price, stock: 1 };
    const { status, text } = await this.call('POST /v1/admin/products', { body });
    if (status !== 201) throw new Error(text);
  }

  /** Edits behind; with `key` as its Idempotency-Key. */
  edit(edits: object[], { at = this.api, key = '' } = {}): Promise<Answer> {
    const sent = { body: { edits }, ...(key !== '' && { headers: { 'idempotency-key': key } }) };
    return this.call('POST /v1/admin/products/edits', sent, at);
  }

  async truthOf(id: string): Promise<Record<string, unknown>> {
    return (await this.call(`GET /v1/admin/products/${id}`)).body ?? {};
  }

  async depth(): Promise<unknown> {
    return (await this.call('GET /v1/admin/cache/write-behind')).body?.['depth'];
  }
}
