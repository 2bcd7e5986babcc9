import { z } from 'zod';

/** What a user may be. Everyone who registers is a `customer`. */
export const Role = z.enum(['customer', 'merchandiser', 'support', 'operator', 'admin']);
export type Role = z.infer<typeof Role>;

/** What an endpoint may ask for: an area and what is done there. */
export type Permission =
  | 'catalog:read'
  | 'catalog:write'
  | 'price:write'
  | 'inventory:write'
  | 'users:read'
  | 'users:write'
  | 'cache:read'
  | 'cache:write'
  | 'cache:admin';

const GRANTS: Readonly<Record<Role, readonly string[]>> = {
  customer: [],
  merchandiser: ['catalog:*', 'price:write', 'inventory:write'],
  support: ['users:read'],
  operator: ['cache:*'],
  admin: ['*'],
};

/** What these roles grant together, each once, in alphabetical order; `area:*` grants all of an area, `*` everything. */
export const grantsOf = (roles: readonly Role[]): string[] =>
  [...new Set(roles.flatMap((role) => GRANTS[role]))].sort();

/** Whether one of `grants` covers `permission`. */
export const isGranted = (grants: readonly string[], permission: Permission): boolean => {
  const area = permission.slice(0, permission.indexOf(':'));
  return grants.some((grant) => grant === '*' || grant === permission || grant === `${area}:*`);
};
