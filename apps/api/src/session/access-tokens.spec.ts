import { createHmac, generateKeyPairSync, sign } from 'node:crypto';
import { UnauthenticatedError } from './access.errors.js';
import { AccessTokens } from './access-tokens.js';

const SECRET = 'a secret that is thirty-two bytes long';
const OLD_SECRET = 'the secret before it, long enough too!';
const KEYS = [
  { kid: 'new', secret: SECRET },
  { kid: 'old', secret: OLD_SECRET },
];
const SUBJECT = { userId: 'user-1', sessionId: 'session-1' };

const part = (value: unknown): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
const mac = (text: string, secret = SECRET, hash = 'sha256'): string =>
  createHmac(hash, secret).update(text).digest('base64url');
const nowSeconds = (): number => Math.floor(Date.now() / 1_000);

const HEADER = { alg: 'HS256', typ: 'at+jwt', kid: 'new' };
const claims = (): Record<string, unknown> => {
  const iat = nowSeconds();
  return { iss: 'larder', aud: 'larder-api', sub: 'user-1', sid: 'session-1', jti: 'j', iat, exp: iat + 900 };
};
/** A token signed with the right key, whatever it says; a field changed to `undefined` is left out. */
const made = (header: object = {}, changes: object = {}, secret = SECRET, hash = 'sha256'): string => {
  const text = `${part({ ...HEADER, ...header })}.${part({ ...claims(), ...changes })}`;
  return `${text}.${mac(text, secret, hash)}`;
};
const cut = (token: string): [string, string, string] => token.split('.') as [string, string, string];
const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
const bySecretOf = (text: string): string => `${text}.${mac(text, pem)}`;
const jwk = { kty: 'oct', k: part('attacker'), alg: 'HS256' };
const unsigned = (alg: string): string => `${part({ ...HEADER, alg })}.${part(claims())}.`;
const otherLastLetter = (token: string): string => {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  return token.slice(0, -1) + (letters[letters.indexOf(token.at(-1) ?? '') ^ 1] ?? '');
};

const BAD: Readonly<Record<string, () => string>> = {
  'no text': () => '',
  'one dot': () => 'a.b',
  'three dots': () => `${made()}.x`,
  'random letters': () => `${'x'.repeat(40)}.${'y'.repeat(40)}.${'z'.repeat(43)}`,
  'alg none': () => unsigned('none'),
  'alg None': () => unsigned('None'),
  'alg NONE': () => unsigned('NONE'),
  'alg none with the right signature': () => made({ alg: 'none' }),
  'alg hs256': () => made({ alg: 'hs256' }),
  'no alg': () => made({ alg: undefined }),
  HS384: () => made({ alg: 'HS384' }, {}, SECRET, 'sha384'),
  HS512: () => made({ alg: 'HS512' }, {}, SECRET, 'sha512'),
  'RS256 by a key of their own': () => {
    const text = `${part({ ...HEADER, alg: 'RS256' })}.${part(claims())}`;
    return `${text}.${sign('sha256', Buffer.from(text), privateKey).toString('base64url')}`;
  },
  'RS256 named, a public key as HMAC secret': () =>
    bySecretOf(`${part({ ...HEADER, alg: 'RS256' })}.${part(claims())}`),
  'a public key as HMAC secret': () => bySecretOf(`${part(HEADER)}.${part(claims())}`),
  'an embedded jwk': () => made({ jwk }, {}, 'attacker'),
  'an embedded jwk, rightly signed': () => made({ jwk }),
  jku: () => made({ jku: 'https://evil.example/keys' }),
  x5u: () => made({ x5u: 'https://evil.example/cert' }),
  x5c: () => made({ x5c: ['MIIB'] }),
  'kid with a path': () => made({ kid: '../../dev/null' }, {}, ''),
  'kid with SQL': () => made({ kid: "x' UNION SELECT 'secret" }, {}, 'secret'),
  'kid *': () => made({ kid: '*' }),
  'kid __proto__': () => made({ kid: '__proto__' }),
  'kid constructor': () => made({ kid: 'constructor' }),
  'kid as an object': () => made({ kid: { $ne: null } }),
  'no kid': () => made({ kid: undefined }),
  "another key's kid": () => made({ kid: 'old' }),
  'an unknown critical header': () => made({ crit: ['mine'], mine: true }),
  'an empty crit': () => made({ crit: [] }),
  'b64 false': () => made({ crit: ['b64'], b64: false }),
  'typ JWT': () => made({ typ: 'JWT' }),
  'typ rt+jwt': () => made({ typ: 'rt+jwt' }),
  'typ application/at+jwt': () => made({ typ: 'application/at+jwt' }),
  'no typ': () => made({ typ: undefined }),
  'cty JWT': () => made({ cty: 'JWT' }),
  'another secret': () => made({}, {}, 'somebody else has this very secret'),
  'no signature': () => `${cut(made()).slice(0, 2).join('.')}.`,
  'half a signature': () => made().slice(0, -20),
  'one letter less': () => made().slice(0, -1),
  'one letter more': () => `${made()}A`,
  'another spelling of the same signature': () => otherLastLetter(made()),
  padding: () => `${made()}=`,
  'other claims under the same signature': () => {
    const [header, , signature] = cut(made());
    return `${header}.${part({ ...claims(), sub: 'admin' })}.${signature}`;
  },
  'another header over the same signature': () => {
    const [, payload, signature] = cut(made());
    return `${part({ ...HEADER, kid: 'old' })}.${payload}.${signature}`;
  },
  'wrong iss': () => made({}, { iss: 'https://evil.example' }),
  'no iss': () => made({}, { iss: undefined }),
  'wrong aud': () => made({}, { aud: 'another-api' }),
  'aud as a list': () => made({}, { aud: ['larder-api', 'another-api'] }),
  'no aud': () => made({}, { aud: undefined }),
  'no exp': () => made({}, { exp: undefined }),
  'exp in milliseconds': () => made({}, { exp: Date.now() + 900_000 }),
  'exp as text': () => made({}, { exp: String(nowSeconds() + 900) }),
  'exp of a day': () => made({}, { exp: nowSeconds() + 86_400 }),
  expired: () => made({}, { iat: nowSeconds() - 906, exp: nowSeconds() - 6 }),
  'expired long ago': () => made({}, { iat: 1_000, exp: 1_900 }),
  'no iat': () => made({}, { iat: undefined }),
  'issued in the future': () => made({}, { iat: nowSeconds() + 60, exp: nowSeconds() + 960 }),
  'nbf in the future': () => made({}, { nbf: nowSeconds() + 600 }),
  'no sub': () => made({}, { sub: undefined }),
  'sub as an object': () => made({}, { sub: { $ne: null } }),
  'no sid': () => made({}, { sid: undefined }),
  'empty sid': () => made({}, { sid: '' }),
  'no jti': () => made({}, { jti: undefined }),
  'a claim of its own': () => made({}, { roles: ['admin'] }),
  'claims that are a list': () => {
    const text = `${part(HEADER)}.${part([claims()])}`;
    return `${text}.${mac(text)}`;
  },
  'claims that are no JSON': () => {
    const text = `${part(HEADER)}.${part('{"iss":')}`;
    return `${text}.${mac(text)}`;
  },
  'a header that is no JSON': () => `${part('{')}.${part(claims())}.${mac('x')}`,
  'over 8 KiB': () => made({}, { jti: 'x'.repeat(9_000) }),
  'a bit over 1 KiB': () => made({}, { jti: 'x'.repeat(800) }),
  'a nested token': () => made({}, { sub: made() }).repeat(2),
  'white space inside': () => made().replace('.', '. '),
  'a line break at the end': () => `${made()}\n`,
  'a Latin letter outside the alphabet': () => made().replace('.', '.é'),
};

describe('access tokens', () => {
  it('are accepted as issued, and name their subject', async () => {
    const tokens = await AccessTokens.of(KEYS);
    const { token, expiresAt } = await tokens.issue(SUBJECT);

    expect(await tokens.verify(token)).toEqual(SUBJECT);
    expect(expiresAt.getTime() - Date.now()).toBeGreaterThan(898_000);
    expect(expiresAt.getTime() - Date.now()).toBeLessThanOrEqual(900_000);
  });

  it('are refused in a form that this table forges only where it forges: the plain one passes', async () => {
    const tokens = await AccessTokens.of(KEYS);

    expect(await tokens.verify(made())).toEqual(SUBJECT);
    expect(await tokens.verify(made({ kid: 'old' }, {}, OLD_SECRET))).toEqual(SUBJECT);
    expect(Object.keys(BAD).length).toBeGreaterThanOrEqual(40);
  });

  it.each(Object.entries(BAD))('are refused: %s', async (_name, forge) => {
    const tokens = await AccessTokens.of(KEYS);

    await expect(tokens.verify(forge())).rejects.toBeInstanceOf(UnauthenticatedError);
  });

  it('signed by a retired first key stay valid while it is listed, and not after', async () => {
    const before = await AccessTokens.of([{ kid: 'old', secret: OLD_SECRET }]);
    const { token } = await before.issue(SUBJECT);

    await expect((await AccessTokens.of(KEYS)).verify(token)).resolves.toEqual(SUBJECT);
    const after = await AccessTokens.of([{ kid: 'new', secret: SECRET }]);
    await expect(after.verify(token)).rejects.toBeInstanceOf(UnauthenticatedError);
  });

  it('cannot be had without a key', async () => {
    await expect(AccessTokens.of([])).rejects.toThrow('ACCESS_TOKEN_KEYS');
  });
});
