/** Answers that are documented and that the suite cannot get from an instance that it only knows by its URL. */
export interface NotReached {
  /** `GET /v1/products/{id}`, or `*` for every route that documents the status. */
  readonly route: string;
  readonly status: number;
  readonly reason: string;
}

/** Each with its reason. One that comes to be reached after all fails the suite until it is taken out here. */
export const NOT_REACHED: readonly NotReached[] = [
  { route: '*', status: 500, reason: 'a fault of ours: none is known' },
  { route: '*', status: 503, reason: 'needs MongoDB away: test/dependencies/servers-away.spec.ts' },
  {
    route: 'POST /v1/users',
    status: 429,
    reason: 'would use up the registrations of an hour: test/session/entry-limits.spec.ts',
  },
  {
    route: 'PUT /v1/admin/inventory/{productId}',
    status: 409,
    reason: 'needs stock that is reserved: test/shop/inventory.repository.spec.ts',
  },
  {
    route: 'POST /v1/admin/cache/write-behind/dead-letters/{id}/retry',
    status: 204,
    reason: 'needs a write that MongoDB refuses: test/write-behind/write-log.spec.ts',
  },
  {
    route: 'DELETE /v1/admin/cache/write-behind/dead-letters/{id}',
    status: 204,
    reason: 'needs a write that MongoDB refuses: test/write-behind/write-log.spec.ts',
  },
  {
    route: 'POST /v1/admin/products/edits',
    status: 409,
    reason: 'needs the same request under way twice at once, which try-again does with products',
  },
  {
    route: 'POST /v1/admin/cache/write-behind/flush',
    status: 409,
    reason: 'needs the same request under way twice at once, which try-again does with products',
  },
  {
    route: 'POST /v1/admin/cache/write-behind/flush',
    status: 422,
    reason: 'it has no body, so a key names the same request each time',
  },
  {
    route: 'POST /v1/admin/cache/write-behind/dead-letters/{id}/retry',
    status: 409,
    reason: 'needs a write that MongoDB refuses and one after it: test/write-behind/dead-letters.spec.ts',
  },
];
