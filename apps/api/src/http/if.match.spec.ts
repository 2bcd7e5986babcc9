import { acceptedVersions, onAcceptedVersion } from './if.match.js';

class Mismatch extends Error {
  readonly code = 'VERSION_MISMATCH';
}

describe('If-Match', () => {
  it.each([
    [undefined, undefined],
    ['*', undefined],
    ['"v3"', [3]],
    ['"v3", "v5", "v3"', [3, 5]],
    ['W/"v3", "v5"', [5]],
    ['"other", "v5"', [5]],
  ])('accepts for %p the versions %p', (header, versions) => {
    expect(acceptedVersions(header)).toEqual(versions);
  });

  it.each([
    '',
    'v3',
    '"3"',
    '"v0"',
    '"v03"',
    '"v-1"',
    '"v1.5"',
    '"v9999999999999999"',
    'W/"v3"',
    '"v3',
    '"v3" "v4"',
    '"other"',
  ])('refuses %p with 412', (header) => {
    expect(() => acceptedVersions(header)).toThrow(expect.objectContaining({ status: 412 }) as Error);
  });

  it('refuses more versions than it would try', () => {
    const tags = Array.from({ length: 17 }, (_, at) => `"v${at + 1}"`);
    expect(acceptedVersions(tags.slice(1).join())).toHaveLength(16);
    expect(() => acceptedVersions(tags.join())).toThrow(expect.objectContaining({ status: 412 }) as Error);
  });

  it('changes what has any of the versions, once', async () => {
    const tried: (number | undefined)[] = [];
    const changed = await onAcceptedVersion([3, 5, 7], (expected) => {
      tried.push(expected);
      return expected === 5 ? Promise.resolve('changed') : Promise.reject(new Mismatch());
    });

    expect(changed).toBe('changed');
    expect(tried).toEqual([3, 5]);
  });

  it('passes a mismatch of every version on, and any other error at once', async () => {
    await expect(onAcceptedVersion([3, 5], () => Promise.reject(new Mismatch()))).rejects.toThrow(Mismatch);
    const tried: (number | undefined)[] = [];
    const failing = onAcceptedVersion([3, 5], (expected) => {
      tried.push(expected);
      return Promise.reject(new RangeError('no'));
    });
    await expect(failing).rejects.toThrow(RangeError);
    expect(tried).toEqual([3]);
  });
});
