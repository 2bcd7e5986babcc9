/** A JSON schema, as far as a test looks into it. */
export type Schema = Readonly<Record<string, unknown>>;

/** What a route may answer with one status. */
export interface Response {
  readonly content?: Readonly<Record<string, { readonly schema: Schema }>>;
}

/** The OpenAPI document of the API, as far as a test looks into it. */
export interface ApiDocument {
  readonly openapi: string;
  readonly paths: Readonly<
    Record<
      string,
      Readonly<
        Record<
          string,
          {
            readonly responses: Readonly<Record<string, Response>>;
            readonly security?: readonly object[];
            readonly requestBody?: object;
          }
        >
      >
    >
  >;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

/** One documented route. */
export interface Operation {
  /** Such as `GET /v1/products/{id}`. */
  readonly name: string;
  readonly method: string;
  readonly path: string;
  /** What addresses of this route look like. */
  readonly pattern: RegExp;
  readonly responses: Readonly<Record<string, Response>>;
  readonly isProtected: boolean;
}

/** Every route of the document. */
export const operationsOf = ({ paths }: ApiDocument): Operation[] =>
  Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([name, { responses, security }]) => ({
      name: `${name.toUpperCase()} ${path}`,
      method: name.toUpperCase(),
      path,
      pattern: new RegExp(`^${path.replaceAll(/[.*+?^$()|[\]\\]/g, '\\$&').replaceAll(/\{\w+\}/g, '[^/]+')}$`),
      responses,
      isProtected: security !== undefined,
    })),
  );
