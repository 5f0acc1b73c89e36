import { z, type ZodType } from 'zod';
import type { ZodOpenApiOperationObject, ZodOpenApiResponseObject, ZodOpenApiResponsesObject } from 'zod-openapi';

/** Body of every error. */
export const errorAnswer = z
  .object({
    error: z.object({
      message: z.string(),
      type: z.string(),
      param: z.string().nullable(),
      code: z.string().describe('See docs/errors.md: one heading per code.'),
      details: z.unknown().optional(),
    }),
  })
  .meta({ id: 'Error' });

/** A file in a multipart form. */
export const fileSchema = z.any().meta({ override: { type: 'string', format: 'binary' } });

const idempotencyKey = z.object({
  'idempotency-key': z
    .string()
    .min(1)
    .max(255)
    .optional()
    .describe('1 to 255 printable ASCII characters. A repeat with the same body returns the first response and creates nothing.'),
});

/** A JSON answer. */
export function json(description: string, schema: ZodType): ZodOpenApiResponseObject {
  return { description, content: { 'application/json': { schema } } };
}

/** An answer that is JSON, or server-sent events when the request says `stream`. */
export function jsonOrEvents(description: string, schema: ZodType): ZodOpenApiResponseObject {
  return { description, content: { 'application/json': { schema }, 'text/event-stream': { schema: z.string() } } };
}

/** An answer that is JSON, or the same as a table with `format=csv`. */
export function jsonOrCsv(description: string, schema: ZodType): ZodOpenApiResponseObject {
  return { description, content: { 'application/json': { schema }, 'text/csv': { schema: z.string() } } };
}

const failure = json('An error; `code` says which.', errorAnswer);

/** A JSON request body. */
export function jsonBody(schema: ZodType): NonNullable<ZodOpenApiOperationObject['requestBody']> {
  return { required: true, content: { 'application/json': { schema } } };
}

/** A file as it is stored, whole or by Range. */
export const fileAnswers: ZodOpenApiResponsesObject = {
  '200': { description: 'The whole file.', content: { '*/*': { schema: fileSchema } } },
  '206': { description: 'The requested range.', content: { '*/*': { schema: fileSchema } } },
};

/** Server-sent events. */
export function events(description: string): ZodOpenApiResponseObject {
  return { description, content: { 'text/event-stream': { schema: z.string() } } };
}

interface Operation {
  readonly id: string;
  readonly tag: string;
  readonly summary: string;
  readonly path?: readonly string[];
  readonly query?: z.ZodObject;
  readonly body?: ZodOpenApiOperationObject['requestBody'];
  /** Takes an Idempotency-Key. */
  readonly isPaid?: boolean;
  /** Needs no key. */
  readonly isOpen?: boolean;
  /** Needs the cookie of a session; keys mean nothing there. */
  readonly isPersonal?: boolean;
  readonly answers: ZodOpenApiResponsesObject;
}

/** An operation with what all have: the error answer, path parameters as text, the idempotency header where money moves. */
export function operation({
  id,
  tag,
  summary,
  path,
  query,
  body,
  isPaid,
  isOpen,
  isPersonal,
  answers,
}: Operation): ZodOpenApiOperationObject {
  return {
    operationId: id,
    tags: [tag],
    summary,
    ...(isOpen === true ? { security: [] } : isPersonal === true ? { security: [{ session: [] }] } : {}),
    requestParams: {
      ...(path === undefined ? {} : { path: z.object(Object.fromEntries(path.map((name) => [name, z.string()]))) }),
      ...(query === undefined ? {} : { query }),
      ...(isPaid === true ? { header: idempotencyKey } : {}),
    },
    ...(body === undefined ? {} : { requestBody: body }),
    responses: { '4XX': failure, '5XX': failure, ...answers },
  };
}
