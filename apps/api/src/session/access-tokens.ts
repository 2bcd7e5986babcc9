import { randomUUID, webcrypto } from 'node:crypto';
import type { SigningKey } from '@larder/config';
import { decodeProtectedHeader, jwtVerify, SignJWT } from 'jose';
import { z } from 'zod';
import { UnauthenticatedError } from './access.errors.js';

const ALGORITHM = 'HS256';
const TYPE = 'at+jwt';
const ISSUER = 'larder';
const AUDIENCE = 'larder-api';
const LIFETIME_SECONDS = 900;
const CLOCK_TOLERANCE_SECONDS = 5;
const LONGEST_TOKEN = 1_024;
const SHAPE = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]{43}$/;

const ProtectedHeader = z.strictObject({ alg: z.literal(ALGORITHM), typ: z.literal(TYPE), kid: z.string() });

const Claims = z
  .strictObject({
    iss: z.literal(ISSUER),
    aud: z.literal(AUDIENCE),
    sub: z.string().min(1),
    sid: z.string().min(1),
    jti: z.string().min(1),
    iat: z.int(),
    exp: z.int(),
  })
  .refine(({ iat, exp }) => exp - iat === LIFETIME_SECONDS);

/** Whom an access token names: a user's session. Whether that is live, the token cannot say. */
export interface TokenSubject {
  readonly userId: string;
  readonly sessionId: string;
}

const importKey = (secret: string): Promise<webcrypto.CryptoKey> =>
  webcrypto.subtle.importKey('raw', Buffer.from(secret), { name: 'HMAC', hash: 'SHA-256' }, false, ['sign', 'verify']);

const isCanonical = (base64url: string): boolean =>
  Buffer.from(base64url, 'base64url').toString('base64url') === base64url;

/** Signs and checks access tokens (RFC 9068, RFC 8725): HS256 alone, 15 min, keys by `kid` from a fixed map. */
export class AccessTokens {
  private constructor(
    private readonly keys: ReadonlyMap<string, webcrypto.CryptoKey>,
    private readonly signingKid: string,
  ) {}

  /** Imports the keys, once. The first signs, all verify. */
  static async of(keys: readonly SigningKey[]): Promise<AccessTokens> {
    const [first] = keys;
    if (!first) throw new RangeError('Access tokens need at least one key. Set ACCESS_TOKEN_KEYS.');
    const imported = await Promise.all(keys.map(async ({ kid, secret }) => [kid, await importKey(secret)] as const));
    return new AccessTokens(new Map(imported), first.kid);
  }

  /** A fresh token for the subject, and when it expires. */
  async issue({ userId, sessionId }: TokenSubject): Promise<{ token: string; expiresAt: Date }> {
    const iat = Math.floor(Date.now() / 1_000);
    const exp = iat + LIFETIME_SECONDS;
    const claims = { iss: ISSUER, aud: AUDIENCE, sub: userId, sid: sessionId, jti: randomUUID(), iat, exp };
    const token = await new SignJWT(claims)
      .setProtectedHeader({ alg: ALGORITHM, typ: TYPE, kid: this.signingKid })
      .sign(this.keyOf(this.signingKid));
    return { token, expiresAt: new Date(exp * 1_000) };
  }

  /**
   * Whom the token names. Exactly what `issue` makes is accepted: no other header field, claim or encoding.
   * @throws {UnauthenticatedError} anything else, without saying what is wrong with it
   */
  async verify(token: string): Promise<TokenSubject> {
    const signature = token.length <= LONGEST_TOKEN && SHAPE.test(token) ? token.slice(-43) : undefined;
    if (signature === undefined || !isCanonical(signature)) throw new UnauthenticatedError('invalid');
    try {
      const header = ProtectedHeader.parse(decodeProtectedHeader(token));
      const { payload } = await jwtVerify(token, this.keyOf(header.kid), {
        algorithms: [ALGORITHM],
        typ: TYPE,
        issuer: ISSUER,
        audience: AUDIENCE,
        requiredClaims: ['sub', 'sid', 'jti', 'iat', 'exp'],
        maxTokenAge: LIFETIME_SECONDS,
        clockTolerance: CLOCK_TOLERANCE_SECONDS,
      });
      const { sub, sid } = Claims.parse(payload);
      return { userId: sub, sessionId: sid };
    } catch (cause) {
      throw new UnauthenticatedError('invalid', { cause });
    }
  }

  private keyOf(kid: string): webcrypto.CryptoKey {
    const key = this.keys.get(kid);
    if (!key) throw new RangeError('The key id is unknown.');
    return key;
  }
}
