import { parseJsonBody } from './json.body.js';

const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);
const parse = (text: string): unknown => parseJsonBody(Buffer.from(text));
const aBadRequest = expect.objectContaining({ status: 400 }) as Error;

describe('a JSON body', () => {
  it('is its value, and nothing when empty', () => {
    expect(parse('{"a":[1,null,"é"]}')).toEqual({ a: [1, null, 'é'] });
    expect(parse('')).toBeUndefined();
  });

  it.each([
    '{',
    '{"a":1,}',
    'NaN',
    "{'a':1}",
    '\ufeff{}',
    '{"a":1}{}',
    '{"__proto__":{}}',
    '{"\\u005f_proto__":1}',
    '{"a":[{"constructor":1}]}',
    '{"prototype":null}',
  ])('is refused as %p', (text) => {
    expect(() => parse(text)).toThrow(aBadRequest);
  });

  it('is refused when its bytes are no UTF-8', () => {
    expect(() => parseJsonBody(Buffer.from([0x22, 0xc3, 0x28, 0x22]))).toThrow(aBadRequest);
  });

  it('may be 64 levels deep and no deeper, however deep it is', () => {
    expect(() => parse(nested(64))).not.toThrow();
    for (const depth of [65, 5_000, 400_000]) expect(() => parse(nested(depth))).toThrow(aBadRequest);
  });

  it('leaves prototypes alone', () => {
    expect(() => parse('{"__proto__":{"polluted":true}}')).toThrow(aBadRequest);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
});
