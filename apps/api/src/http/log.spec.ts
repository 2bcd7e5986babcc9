import { createLog, withoutSecrets } from './log.js';
import { loggedPath } from './request.log.js';
import { withinRequest } from './request.context.js';

const TOKEN = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ1MSJ9.c2lnbmF0dXJl';

const linesOf = (work: (log: ReturnType<typeof createLog>) => void): string[] => {
  const lines: string[] = [];
  work(createLog({ LOG_LEVEL: 'info', NODE_ENV: 'test' }, { write: (line: string) => void lines.push(line) }));
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

  it('names the request that a line belongs to', () => {
    const [within = '', without = ''] = linesOf((log) => {
      withinRequest('r-1', () => {
        log.info('within');
      });
      log.info('without');
    });
    expect(JSON.parse(within)).toMatchObject({ reqId: 'r-1' });
    expect(JSON.parse(without)).not.toHaveProperty('reqId');
  });

  it('stays one line, whatever a message holds', () => {
    const lines = linesOf((log) => {
      log.info('one\r\n{"level":60,"msg":"forged"}');
    });
    expect(lines.join('').trimEnd().split('\n')).toHaveLength(1);
  });

  it('writes paths without query and without steps that could be tokens', () => {
    expect(loggedPath(`/v1/products/a?token=${TOKEN}`)).toBe('/v1/products/a');
    expect(loggedPath(`/v1/${'x'.repeat(65)}`)).toBe('/v1/xxxxxxxx…');
  });
});
