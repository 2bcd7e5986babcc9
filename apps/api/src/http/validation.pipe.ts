import { type ArgumentMetadata, HttpStatus, Injectable, StandardSchemaValidationPipe } from '@nestjs/common';
import { type Fault, ProblemError } from './problem.error.js';

const MOST_FAULTS = 50;
const LONGEST_MESSAGE = 300;

type Issue = Parameters<
  NonNullable<NonNullable<ConstructorParameters<typeof StandardSchemaValidationPipe>[0]>['exceptionFactory']>
>[0][number];

const faultOf = ({ path = [], message }: Issue): Fault => ({
  path: path
    .map((step) => String(typeof step === 'object' ? step.key : step))
    .join('.')
    .slice(0, LONGEST_MESSAGE),
  message: message.slice(0, LONGEST_MESSAGE),
});

/** The 400 that names what is wrong with a request, at most 50 faults of it. */
export const invalidRequest = (faults: readonly Fault[]): ProblemError =>
  new ProblemError(HttpStatus.BAD_REQUEST, 'The request is not as it has to be; errors says where.', {
    errors: faults.slice(0, MOST_FAULTS),
  });

/** Checks bodies, queries and parameters against the schema named in their decorator. */
@Injectable()
export class RequestValidationPipe extends StandardSchemaValidationPipe {
  constructor() {
    super({ exceptionFactory: (issues) => invalidRequest(issues.slice(0, MOST_FAULTS).map(faultOf)) });
  }

  /** @throws {ProblemError} 400; its paths start with the parameter's name where one parameter alone is checked */
  override async transform<T>(value: T, metadata: ArgumentMetadata): Promise<T> {
    // The pipe would take this key out of a query without a word; in a body it never gets here.
    if (metadata.type === 'query' && typeof value === 'object' && value !== null && Object.hasOwn(value, '__proto__')) {
      throw invalidRequest([{ path: '', message: 'the name __proto__ is not allowed' }]);
    }
    try {
      return await super.transform(value, metadata);
    } catch (error) {
      const { data } = metadata;
      if (data === undefined || !(error instanceof ProblemError)) throw error;
      throw invalidRequest(
        (error.extras.errors ?? []).map(({ path, message }) => ({
          path: path === '' ? data : `${data}.${path}`,
          message,
        })),
      );
    }
  }
}
