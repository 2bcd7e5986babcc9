/** The part of the Standard Schema contract (standardschema.dev) that reading a request needs. */
export interface RequestSchema {
  readonly '~standard': {
    readonly validate: (
      value: unknown,
    ) => { value: unknown; issues?: undefined } | { issues: readonly unknown[] } | Promise<unknown>;
  };
}

/** Where a handler's parameters come from: the schemas that its pipes use. */
export interface RequestSchemas {
  readonly params?: RequestSchema;
  readonly query?: RequestSchema;
}

/** What is read of a request. */
export interface FastifyLikeRequest {
  readonly params: unknown;
  readonly query: unknown;
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

const validated = (schema: RequestSchema | undefined, value: unknown): Record<string, unknown> | undefined => {
  if (!schema) return {};
  const result = schema['~standard'].validate(value);
  if (!isRecord(result) || result instanceof Promise || result['issues'] !== undefined) return undefined;
  return isRecord(result['value']) ? result['value'] : undefined;
};

/** The parameters of a request, path and query in one; `undefined` where a schema refuses them. */
export const paramsFromRequest = (
  request: FastifyLikeRequest,
  from: RequestSchemas,
): Record<string, unknown> | undefined => {
  const params = validated(from.params, request.params);
  const query = validated(from.query, request.query);
  return params && query ? { ...query, ...params } : undefined;
};
