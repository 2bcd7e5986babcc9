import { HttpStatus } from '@nestjs/common';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { ProblemError } from './problem.error.js';

const LONGEST_URL = 8_192;

/** Which methods each known path takes. A step that starts with `:` stands for any one step. */
export class KnownRoutes {
  readonly #routes: { steps: readonly string[]; methods: Set<string> }[] = [];

  add(pattern: string, methods: readonly string[]): void {
    if (pattern.includes('*')) return;
    const steps = stepsOf(pattern);
    const known = this.#routes.find((route) => route.steps.join('/') === steps.join('/'));
    if (known) methods.forEach((method) => known.methods.add(method));
    else this.#routes.push({ steps, methods: new Set(methods) });
  }

  /** The methods that some route takes at this path, sorted; none for an unknown path. */
  methodsAt(path: string): readonly string[] {
    const steps = stepsOf(path);
    const methods = this.#routes.filter((route) => matches(route.steps, steps)).flatMap((route) => [...route.methods]);
    return [...new Set(methods)].sort();
  }
}

const stepsOf = (path: string): string[] => path.replace(/^\//, '').split('/');

const matches = (pattern: readonly string[], steps: readonly string[]): boolean =>
  pattern.length === steps.length &&
  pattern.every((step, at) => (step.startsWith(':') ? steps[at] !== '' : step === steps[at]));

const pathOf = (url: string): string => url.split('?', 1)[0] ?? '';

/** Refuses a URL that is too long (414) and a method that a known path does not take (405 with `Allow`), before any body is read. */
export const guardRoutes = (fastify: FastifyInstance): void => {
  const routes = new KnownRoutes();
  fastify.addHook('onRoute', ({ url, method }) => {
    routes.add(url, [method].flat());
  });
  fastify.addHook('onRequest', (request: FastifyRequest, _reply, done) => {
    const url = request.raw.url ?? '';
    done(
      url.length >= LONGEST_URL ? tooLong() : request.is404 ? wrongMethod(routes.methodsAt(pathOf(url))) : undefined,
    );
  });
};

/** The refusal of a URL of 8 KiB and more. */
export const tooLong = (): ProblemError =>
  new ProblemError(HttpStatus.URI_TOO_LONG, `The URL has to be shorter than ${LONGEST_URL} characters.`);

const wrongMethod = (allowed: readonly string[]): ProblemError | undefined => {
  if (allowed.length === 0) return undefined;
  const allow = allowed.join(', ');
  return new ProblemError(HttpStatus.METHOD_NOT_ALLOWED, `This path takes ${allow}.`, { headers: { allow } });
};
