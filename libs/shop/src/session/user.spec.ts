import { Credentials, Email, Registration, RoleChange } from './user.js';

const registration = { email: 'ada@example.com', password: 'correct horse', name: 'Ada' };

describe('an e-mail address', () => {
  it.each([' Ada@Example.COM ', 'ADA@example.com', 'ada@example.com\n'])('has one form, also from %j', (text) => {
    expect(Email.parse(text)).toBe('ada@example.com');
  });

  it.each([
    '',
    'ada',
    'ada@',
    '@example.com',
    'a b@example.com',
    `${'a'.repeat(250)}@example.com`,
    { $ne: '' },
    null,
    7,
  ])('is not %j', (value) => {
    expect(Email.safeParse(value).success).toBe(false);
  });
});

describe('a registration', () => {
  it('keeps the password as it was typed', () => {
    expect(Registration.parse({ ...registration, password: '  Pässwörd  ' }).password).toBe('  Pässwörd  ');
  });

  it.each([
    { roles: ['admin'] },
    { id: 'chosen' },
    { epoch: 7 },
    { isDisabled: false },
    { password: 'short' },
    { password: 'x'.repeat(1_025) },
    { password: { $gt: '' } },
    { name: '' },
    { name: 'a\u0000b' },
    { name: 'x'.repeat(101) },
  ])('is refused with %j', (change) => {
    expect(Registration.safeParse({ ...registration, ...change }).success).toBe(false);
  });
});

describe('credentials', () => {
  it.each([{ password: '' }, { password: { $ne: null } }, { email: { $gt: '' } }, { remember: true }])(
    'are refused with %j',
    (change) => {
      const credentials = { email: registration.email, password: registration.password };
      expect(Credentials.safeParse({ ...credentials, ...change }).success).toBe(false);
    },
  );
});

describe('a change of roles', () => {
  it('names each role once', () => {
    expect(RoleChange.parse({ roles: ['support', 'customer', 'support'] })).toEqual({ roles: ['customer', 'support'] });
  });

  it.each([{}, { roles: ['root'] }, { roles: 'admin' }, { roles: [], permissions: ['*'] }])(
    'is refused as %j',
    (body) => {
      expect(RoleChange.safeParse(body).success).toBe(false);
    },
  );
});
