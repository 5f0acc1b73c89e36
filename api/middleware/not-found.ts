import type { RequestHandler } from 'express';
import { AppError } from '../../domain/errors';
import type { ApiContext } from '../deps';
import { baseUrlOf } from '../http/request-headers';
import { nearestPath } from '../http/nearest-path';
import { openApiDocument } from '../openapi/document';

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;

/** What clients of other servers ask for, and what they can do instead. */
const ELSEWHERE: readonly (readonly [RegExp, string])[] = [
  [
    /^\/api\/(?:tags|version|chat|generate|show|ps|embed|embeddings|pull)$/,
    'Ollama\'s API is not offered: choose the type "OpenAI compatible".',
  ],
  [
    /^\/api\/(?:pricing|status|user|models|token)\b/,
    "New API's and One API's pages are not offered: GET /v1/models lists models and prices.",
  ],
  [/^\/v1beta\b/, 'Gemini\'s API is not offered: choose the type "OpenAI compatible".'],
  [/^\/v1\/fim\/completions$/, 'Completion in the middle of a text is not offered. Chat is at POST /v1/chat/completions.'],
  [/^\/v1\/rerank$/, 'Reranking is not offered.'],
  [/^\/v1\/responses\b/, 'Chat is at POST /v1/chat/completions.'],
];

/** Answers for paths that nobody serves: names the path that was meant, and the base URL that a client should have. */
export function notFound(context: Pick<ApiContext, 'settings'>): RequestHandler {
  let known: Readonly<Record<string, readonly string[]>> | null = null;

  function meantBy(path: string): string | null {
    known ??= operationsOf(context.settings.version);
    const nearest = nearestPath(path, Object.keys(known));
    return nearest === null ? null : `Did you mean ${(known[nearest] ?? []).join(' or ')} ${nearest}?`;
  }

  return (request, response) => {
    const { method, path } = request;
    if (method === 'OPTIONS') {
      response.statusCode = 204;
      response.end();
      return;
    }
    const hint = ELSEWHERE.find(([pattern]) => pattern.test(path))?.[1] ?? meantBy(path) ?? 'GET /openapi.json lists every path.';
    throw new AppError(
      'not_found',
      `There is no ${method} ${path.slice(0, 200)} here. ${hint} The base URL of this server is ${baseUrlOf(context.settings, request)}/v1.`,
    );
  };
}

function operationsOf(version: string): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(
    Object.entries(openApiDocument(version).paths ?? {}).map(([path, item]) => [
      path,
      METHODS.filter((method) => item[method] !== undefined).map((method) => method.toUpperCase()),
    ]),
  );
}
