import { SetMetadata } from '@nestjs/common';
import type { z } from 'zod';

/** The metadata key of what a handler answers. */
export const ANSWERS = 'larder:answers';

/** What a handler answers when all is well, and by which problems it refuses beside those that every route has. */
export interface Answers {
  readonly status: number;
  readonly schema: z.ZodType | undefined;
  readonly problems: readonly number[];
  /** What a problem with this status carries on this route beside what every problem has. */
  readonly problemSchemas: Readonly<Record<number, z.ZodType>>;
}

/** Says for the OpenAPI document what the handler answers. Kept apart from @nestjs/swagger, which is loaded with the document alone. */
export const Answers = (
  status: number,
  schema?: z.ZodType,
  problems: readonly number[] = [],
  problemSchemas: Readonly<Record<number, z.ZodType>> = {},
): MethodDecorator => SetMetadata(ANSWERS, { status, schema, problems, problemSchemas } satisfies Answers);

/** The metadata key of controllers that the OpenAPI document leaves out. */
export const UNDOCUMENTED = 'larder:undocumented';

/** Leaves the routes of a controller out of the OpenAPI document. */
export const Undocumented = (): ClassDecorator => SetMetadata(UNDOCUMENTED, true);
