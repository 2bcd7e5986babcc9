import type { Answer } from '../api.js';

const LEAKS = /\bat .*:\d+:\d+|node_modules|mongo|redis|Mongoose|fastify/i;

/** Expects an RFC 9457 problem with this status that tells nothing of what is inside. */
export const expectProblem = ({ status, headers, body, text }: Answer, expected: number): void => {
  expect({ status, text }).toEqual({ status: expected, text });
  expect(headers['content-type']).toMatch(/^application\/problem\+json/);
  expect(body).toMatchObject({ status: expected });
  expect(body?.['instance']).toMatch(/^urn:uuid:[0-9a-f-]{36}$/);
  expect(headers['cache-control']).toBe('no-store');
  expect(text).not.toMatch(LEAKS);
};

/** Expects a 400 that names what is wrong at `path`. */
export const expectFaultAt = (answer: Answer, path: string): void => {
  expectProblem(answer, 400);
  expect(answer.body?.['errors']).toContainEqual({ path, message: expect.any(String) as unknown });
};
