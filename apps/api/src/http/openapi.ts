import { HttpStatus, type INestApplication, RequestMethod, type Type } from '@nestjs/common';
import { METHOD_METADATA, ROUTE_ARGS_METADATA, RouteParamtypes } from '@nestjs/common/internal';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import type { OpenAPIObject } from '@nestjs/swagger';
import { z } from 'zod';
import { ACCESS, type AccessDemand } from '../session/access.decorators.js';
import { ANSWERS, type Answers, UNDOCUMENTED } from './answers.decorator.js';
import { LIFETIMES } from './cacheable.interceptor.js';
import { IDEMPOTENT } from './idempotent.interceptor.js';
import { Problem } from './problem.js';
import { MADE_AT } from './versioned.interceptor.js';

type Swagger = typeof import('@nestjs/swagger');
type Handler = (...args: never[]) => unknown;

const SECURITY = 'session';
const ALWAYS = [414, 500, 503];
const OF_WRITES = [400, 413, 415];

const CHECKED_PARAMETERS = new Set<number>([RouteParamtypes.QUERY, RouteParamtypes.PARAM]);

const PHRASES: Readonly<Record<number, string>> = {
  304: 'What the client has is what would be sent.',
  400: 'The request is not as it has to be.',
  401: 'No session, or none that is live.',
  403: 'The session lacks the permission.',
  404: 'There is no such thing.',
  409: 'It cannot be so beside what is there.',
  412: 'If-Match does not name the current version.',
  413: 'The body is over 1 MiB.',
  414: 'The URL is 8 KiB or longer.',
  415: 'The body is not JSON.',
  422: 'The Idempotency-Key came with another request before.',
  429: 'Too many attempts.',
  500: 'A fault of ours.',
  503: 'A store does not answer; try again.',
};

/** The OpenAPI 3.1 document of every route of `app`, made from the schemas that its routes check and answer. */
export const describeApi = async (app: INestApplication): Promise<OpenAPIObject> => {
  const swagger = await import('@nestjs/swagger');
  for (const [controller, name] of routesOf(app)) annotate(swagger, controller, name);
  const config = new swagger.DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Larder')
    .setDescription(
      'A storefront: products, categories, stock, prices and sessions, read through caches that tell how they answered.',
    )
    .setVersion('1')
    .addBearerAuth({ type: 'http', scheme: 'bearer', bearerFormat: 'JWT' }, SECURITY)
    .build();
  const document = swagger.SwaggerModule.createDocument(app, config, {
    standardSchemaConverter: (schema, { schemaType }) => converted(schema, schemaType),
  });
  document.components = {
    ...document.components,
    schemas: { ...document.components?.schemas, Problem: jsonSchemaOf(Problem, 'output') },
  };
  return document;
};

const routesOf = (app: INestApplication): [Type, string][] => {
  const scanner = new MetadataScanner();
  const controllers = app
    .get(DiscoveryService)
    .getControllers()
    .map(({ metatype }) => metatype as Type);
  return controllers.flatMap((controller) =>
    scanner
      .getAllMethodNames(controller.prototype as object)
      .filter((name) => Reflect.hasMetadata(METHOD_METADATA, handlerOf(controller, name)))
      .map((name): [Type, string] => [controller, name]),
  );
};

const handlerOf = (controller: Type, name: string): Handler =>
  (controller.prototype as Record<string, Handler>)[name] as Handler;

// Annotations add up on the handler, and another application of this process has the same handlers.
const annotated = new WeakSet<Handler>();

const annotate = (swagger: Swagger, controller: Type, name: string): void => {
  const handler = handlerOf(controller, name);
  if (annotated.has(handler)) return;
  annotated.add(handler);
  if (Reflect.hasMetadata(UNDOCUMENTED, controller)) swagger.ApiExcludeController()(controller);
  const answers = Reflect.getMetadata(ANSWERS, handler) as Answers | undefined;
  if (answers === undefined) return;
  const access = Reflect.getMetadata(ACCESS, handler) as AccessDemand | undefined;
  const isIdempotent = Reflect.hasMetadata(IDEMPOTENT, handler);
  const apply = (decorator: MethodDecorator): void => {
    const descriptor = Object.getOwnPropertyDescriptor(controller.prototype, name);
    if (descriptor) decorator(controller.prototype as object, name, descriptor);
  };
  apply(
    swagger.ApiResponse({
      status: answers.status,
      description: 'As asked.',
      ...(answers.schema && { standardSchema: answers.schema }),
    }),
  );
  const problems = new Set([
    ...ALWAYS,
    ...answers.problems,
    ...(isRead(handler) ? [] : OF_WRITES),
    ...(takesInput(controller, name) ? [HttpStatus.BAD_REQUEST] : []),
    ...(isIdempotent ? [409, 422] : []),
    ...refusalsOf(access),
  ]);
  for (const status of [...problems].sort((one, other) => one - other))
    apply(problemResponse(swagger, status, answers.problemSchemas[status]));
  if (isConditionalRead(handler)) {
    apply(swagger.ApiResponse({ status: HttpStatus.NOT_MODIFIED, description: PHRASES[304] ?? '' }));
    apply(swagger.ApiHeader({ name: 'If-None-Match', required: false, schema: { type: 'string' } }));
  }
  if (isIdempotent)
    apply(
      swagger.ApiHeader({
        name: 'Idempotency-Key',
        required: false,
        schema: { type: 'string', minLength: 1, maxLength: 255 },
      }),
    );
  if (answers.problems.includes(HttpStatus.PRECONDITION_FAILED))
    apply(swagger.ApiHeader({ name: 'If-Match', required: false, schema: { type: 'string' } }));
  if (access && !access.isTolerant) apply(swagger.ApiBearerAuth(SECURITY));
};

const isRead = (handler: Handler): boolean => Reflect.getMetadata(METHOD_METADATA, handler) === RequestMethod.GET;

const isConditionalRead = (handler: Handler): boolean =>
  Reflect.hasMetadata(LIFETIMES, handler) || (Reflect.hasMetadata(MADE_AT, handler) && isRead(handler));

// A body is read and may be refused on every write; these are checked on reads as well.
const takesInput = (controller: Type, name: string): boolean =>
  Object.keys((Reflect.getMetadata(ROUTE_ARGS_METADATA, controller, name) ?? {}) as object).some((key) =>
    CHECKED_PARAMETERS.has(Number(key.split(':', 1)[0])),
  );

const refusalsOf = (access: AccessDemand | undefined): number[] => {
  if (access === undefined || access.isTolerant) return [];
  return access.permission === undefined ? [401] : [401, 403];
};

const problemResponse = (swagger: Swagger, status: number, schema?: z.ZodType): MethodDecorator =>
  swagger.ApiResponse({
    status,
    description: PHRASES[status] ?? 'Refused.',
    content: {
      'application/problem+json': {
        schema: schema ? jsonSchemaOf(schema, 'output') : { $ref: '#/components/schemas/Problem' },
      },
    },
  });

type JsonSchema = Record<string, unknown>;

const jsonSchemaOf = (schema: z.ZodType, io: 'input' | 'output'): JsonSchema => {
  const made: JsonSchema = z.toJSONSchema(schema, { io, target: 'draft-2020-12', unrepresentable: 'any' });
  delete made['$schema'];
  return made;
};

const converted = (
  schema: unknown,
  io: 'input' | 'output',
): { schema: JsonSchema; components: Record<string, JsonSchema> } | undefined => {
  if (!(schema instanceof z.ZodType)) return undefined;
  const { $defs = {}, ...rest } = jsonSchemaOf(schema, io);
  return { schema: rest, components: $defs as Record<string, JsonSchema> };
};
