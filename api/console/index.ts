import type { Request, Response, Router } from 'express';
import type { WebFile } from '../../domain/web-file';
import type { ApiContext, Authenticating } from '../deps';
import { createRoutes } from '../http/routes';
import { setPageHeaders } from './headers';

const PAGE = 'index.html';
const NOT_BUILT = 'The console is not built here. Run "npm run build" in the checkout: it says what is missing. Then start Atelier again.';

/**
 * Serves the console. Its files are for everybody: what they show comes from the API. Any path that is no file is a page of the console,
 * which reads it itself.
 */
export function consoleRouter(context: Authenticating & Pick<ApiContext, 'consoleFiles'>): Router {
  const { consoleFiles } = context;
  const routes = createRoutes(context, '');

  function answer(request: Request, response: Response, path: string): void {
    setPageHeaders(response);
    const file = consoleFiles.get(path);
    const page = consoleFiles.get(PAGE);
    if (file !== undefined && file !== page) {
      response.setHeader('cache-control', file.isImmutable ? 'public, max-age=31536000, immutable' : 'no-cache');
      send(request, response, file);
      return;
    }
    response.setHeader('cache-control', 'no-store');
    // A page for a script that is gone would be a riddle to the browser: it is told, and the console offers to reload.
    if (path.startsWith('assets/')) sendText(response, 404, 'This file belongs to another version of the console. Reload the page.');
    else if (page === undefined) sendText(response, 503, NOT_BUILT);
    else send(request, response, page);
  }

  routes.get('/console', (request, response) => answer(request, response, PAGE));
  routes.get('/console/*path', (request, response) => answer(request, response, request.params.path.join('/')));
  return routes.done();
}

function send(request: Request, response: Response, file: WebFile): void {
  response.setHeader('etag', file.etag);
  if (file.gzip !== null) response.setHeader('vary', 'accept-encoding');
  if (request.headers['if-none-match'] === file.etag) {
    response.statusCode = 304;
    response.end();
    return;
  }
  const gzip = file.gzip !== null && request.acceptsEncodings('gzip') !== false ? file.gzip : null;
  const bytes = gzip ?? file.bytes;
  response.statusCode = 200;
  response.setHeader('content-type', file.contentType);
  response.setHeader('content-length', bytes.length);
  if (gzip !== null) response.setHeader('content-encoding', 'gzip');
  response.end(bytes);
}

function sendText(response: Response, status: number, text: string): void {
  response.statusCode = status;
  response.setHeader('content-type', 'text/plain; charset=utf-8');
  response.end(`${text}\n`);
}
