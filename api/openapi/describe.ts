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

/** When to ask again, of answers that say so. */
const retryHeaders = {
  'retry-after': z.string().optional().describe('Seconds after which a repeat can succeed: of 429, and of 503 where that is known.'),
  'retry-after-ms': z.string().optional().describe('The same in milliseconds.'),
};

/** What is left of a key's rate, of requests that make a run. */
const rateHeaders = Object.fromEntries(
  (['requests', 'tokens'] as const).flatMap((what) => [
    [`x-ratelimit-limit-${what}`, z.string().optional().describe(`${what} a minute that the key has; only of keys with such a rate.`)],
    [`x-ratelimit-remaining-${what}`, z.string().optional().describe(`${what} that are left now.`)],
    [`x-ratelimit-reset-${what}`, z.string().optional().describe('Until all are there again: "120ms", "1.5s", "6m0s".')],
  ]),
);

const failure = json('An error; `code` says which.', errorAnswer);

/** The answers with the headers that they have: errors say when to ask again; those of a request that makes a run what is left of its key's rate. */
function withHeaders(answers: ZodOpenApiResponsesObject, isRated: boolean): ZodOpenApiResponsesObject {
  const headersOf = (status: string): z.ZodObject | null => {
    if (status.startsWith('2')) return isRated ? z.object(rateHeaders) : null;
    if (!/^[45]/.test(status)) return null;
    return z.object({ ...retryHeaders, ...(isRated && status.startsWith('4') ? rateHeaders : {}) });
  };
  const described = Object.entries(answers).map(([status, answer]: [string, object]) => {
    const headers = headersOf(status);
    return [status, headers === null ? answer : { ...answer, headers }] as const;
  });
  return Object.fromEntries(described) as unknown as ZodOpenApiResponsesObject;
}

/** A JSON request body. */
export function jsonBody(schema: ZodType): NonNullable<ZodOpenApiOperationObject['requestBody']> {
  return { required: true, content: { 'application/json': { schema } } };
}

/** A file as a whole. */
export const fileAnswer: ZodOpenApiResponseObject = { description: 'The whole file.', content: { '*/*': { schema: fileSchema } } };

/** A file as it is stored, whole or by Range. */
export const fileAnswers: ZodOpenApiResponsesObject = {
  '200': fileAnswer,
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
  /** False: it is paid, but makes no run of its own, so a key's rate does not bind it. */
  readonly isRated?: boolean;
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
  isRated = isPaid === true,
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
    responses: withHeaders({ '4XX': failure, '5XX': failure, ...answers }, isRated),
  };
}
