import { createLog, withoutSecrets } from './log.js';

const TOKEN = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ1MSJ9.c2lnbmF0dXJl';

const SETTINGS = { LOG_LEVEL: 'info', NODE_ENV: 'test' } as const;

const linesOf = (work: (log: ReturnType<typeof createLog>) => void): string[] => {
  const lines: string[] = [];
  work(createLog(SETTINGS, { destination: { write: (line: string) => void lines.push(line) } }));
  return lines;
};

describe('the log', () => {
  it('hides secrets wherever they stand', () => {
    const [line = ''] = linesOf((log) => {
      const error = new Error('E11000 dup key: { email: "wilhelmina@example.com" }', {
        cause: new Error(`Bearer ${TOKEN}`),
      });
      log.error(
        {
          err: error,
          headers: { authorization: 'Basic abc', cookie: 'a=b' },
          body: { password: 'hunter2hunter2' },
          uri: 'mongodb://larder:pa55@db/larder',
        },
        'failed',
      );
    });
    for (const secret of ['wilhelmina', 'example.com', TOKEN, 'abc', 'a=b', 'hunter2', 'pa55'])
      expect(line).not.toContain(secret);
    expect(JSON.parse(line)).toMatchObject({ msg: 'failed', level: 50 });
  });

  it('keeps what is no secret', () => {
    expect(withoutSecrets('GET /v1/products/chair-1 took 3 ms at 12:00')).toBe(
      'GET /v1/products/chair-1 took 3 ms at 12:00',
    );
  });

  it('carries in every line what its mixin answers', () => {
    const lines: string[] = [];
    const log = createLog(SETTINGS, {
      mixin: () => ({ reqId: 'r-1' }),
      destination: { write: (line) => void lines.push(line) },
    });
    log.info('within');
    expect(JSON.parse(lines.join(''))).toMatchObject({ reqId: 'r-1' });
  });

  it('stays one line, whatever a message holds', () => {
    const lines = linesOf((log) => {
      log.info('one\r\n{"level":60,"msg":"forged"}');
    });
    expect(lines.join('').trimEnd().split('\n')).toHaveLength(1);
  });
});
