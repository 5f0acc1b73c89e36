import type { RequestHandler } from 'express';
import { canonicalUrl } from '../http/paths';

/**
 * Gives a request the path that its route has, before anything looks at it. Never by a redirect: clients lose bodies and keys on
 * one. Keys, logs, metrics and idempotency then know one path.
 */
export const canonicalPath: RequestHandler = (request, _response, next) => {
  const url = canonicalUrl(request.url);
  if (url !== request.url) {
    request.url = url;
    request.originalUrl = url;
  }
  next();
};
