/** What the shop refuses, with the facts as fields. `code` is stable, never reused, and says what happened. */
export abstract class ShopError extends Error {
  abstract readonly code: string;
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}
