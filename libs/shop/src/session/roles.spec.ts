import { grantsOf, isGranted, Role, type Permission } from './roles.js';

const ALL: readonly Permission[] = [
  'catalog:read',
  'catalog:write',
  'price:write',
  'inventory:write',
  'users:read',
  'users:write',
  'cache:read',
  'cache:write',
  'cache:admin',
];

const MAY: Readonly<Record<Role, readonly Permission[]>> = {
  customer: [],
  merchandiser: ['catalog:read', 'catalog:write', 'price:write', 'inventory:write'],
  support: ['users:read'],
  operator: ['cache:read', 'cache:write', 'cache:admin'],
  admin: ALL,
};

describe('roles', () => {
  it.each(Role.options)('lets a %s do what the table says, and nothing else', (role) => {
    expect(ALL.filter((permission) => isGranted(grantsOf([role]), permission))).toEqual(MAY[role]);
  });

  it('adds up, and names nothing twice', () => {
    expect(grantsOf(['support', 'merchandiser', 'support'])).toEqual([
      'catalog:*',
      'inventory:write',
      'price:write',
      'users:read',
    ]);
  });

  it('grants nothing to nobody', () => {
    expect(grantsOf([])).toEqual([]);
    expect(ALL.some((permission) => isGranted([], permission))).toBe(false);
  });

  it('takes a wildcard for its own area alone', () => {
    expect(isGranted(['cat:*'], 'catalog:read')).toBe(false);
    expect(isGranted(['catalog:*'], 'cache:read')).toBe(false);
    expect(isGranted(['*:write'], 'price:write')).toBe(false);
  });
});
