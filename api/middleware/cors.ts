import type { RequestHandler } from 'express';

/** What a page may read of an answer beside its body. */
const EXPOSED = [
  'x-request-id',
  'x-client-request-id',
  'retry-after',
  'retry-after-ms',
  'x-should-retry',
  ...['limit', 'remaining', 'reset'].flatMap((what) => [`x-ratelimit-${what}-requests`, `x-ratelimit-${what}-tokens`]),
  'x-atelier-run-id',
  'x-atelier-provider',
  'x-atelier-dropped',
  'idempotent-replayed',
  'preference-applied',
  'openai-processing-ms',
  'openai-version',
  'location',
  'etag',
  'allow',
  'accept-ranges',
  'content-length',
  'content-range',
  'content-disposition',
].join(', ');

const METHODS = 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS';
/** For a preflight that names none. */
const USUAL_HEADERS = 'authorization, content-type, x-api-key, idempotency-key';
const MOST_HEADERS_LENGTH = 4_096;
/** Browsers keep a preflight's answer at most two hours (Chrome) or a day (Firefox). */
const MAX_AGE_S = 7_200;

/** What pages of other origins must not read: an operator's browser may be inside the network. */
const SAME_ORIGIN_ONLY = /^\/(?:admin|auth|console|metrics|healthz|readyz)(?:\/|$)/i;

/** Pages that may call the API: of every origin, or of these. */
export type AllowedOrigins = '*' | readonly string[];

/**
 * Lets browser pages of other origins call the API with a key: answers preflights without one, and gives every answer, errors and
 * streams too, the headers that a page needs to read it. Cookies are never accepted from another origin.
 */
export function cors(origins: AllowedOrigins): RequestHandler {
  return (request, response, next) => {
    const { origin } = request.headers;
    if (SAME_ORIGIN_ONLY.test(request.path)) {
      next();
      return;
    }
    if (origins === '*') {
      response.setHeader('access-control-allow-origin', '*');
    } else {
      response.setHeader('vary', 'Origin');
      if (origin !== undefined && origins.includes(origin.toLowerCase())) response.setHeader('access-control-allow-origin', origin);
    }
    if (origin !== undefined) response.setHeader('access-control-expose-headers', EXPOSED);
    if (request.method !== 'OPTIONS' || request.headers['access-control-request-method'] === undefined) {
      next();
      return;
    }
    const wanted = request.headers['access-control-request-headers'];
    response.setHeader('access-control-allow-methods', METHODS);
    response.setHeader('access-control-allow-headers', isHeaderList(wanted) ? wanted : USUAL_HEADERS);
    response.setHeader('access-control-max-age', String(MAX_AGE_S));
    response.appendHeader('vary', 'Access-Control-Request-Headers');
    response.statusCode = 204;
    response.end();
  };
}

function isHeaderList(text: string | undefined): text is string {
  return text !== undefined && text !== '' && text.length <= MOST_HEADERS_LENGTH && /^[\w!#$%&'*+.^`|~, -]+$/.test(text);
}
