import { createHash } from 'node:crypto';
import type { Request, Response, Router } from 'express';
import type { WebFile } from '../../domain/web-file';
import type { ApiContext, Authenticating } from '../deps';
import { preferredLanguage } from '../http/language';
import { baseUrlOf, matchesEtag } from '../http/request-headers';
import { createRoutes } from '../http/routes';
import { AppError } from '../../domain/errors';

/** The address that the guides are written with; readers see that of the installation they read them at. */
const WRITTEN_ORIGIN = 'http://127.0.0.1:4000';
const PAGE_POLICY =
  "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
/** Hosts that can stand in a page: anything else was not typed by a person. */
const HOST = /^https?:\/\/[\w.:[\]-]+$/;

/**
 * GET /guides/, /llms.txt and /llms-full.txt: how to use Atelier, for everybody and without scripts. `/guides/cursor` is the guide in the
 * reader's language, `/guides/zh/cursor` in Chinese, `/guides/en/cursor.md` the text for machines.
 */
export function guidesRouter(context: Authenticating & Pick<ApiContext, 'guideFiles' | 'settings'>): Router {
  const { guideFiles, settings } = context;
  const routes = createRoutes(context, '');

  /** @returns the path of the file, null when there is none */
  function find(path: string, request: Request, response: Response): string | null {
    const [language, ...rest] = path.split('/');
    const hasLanguage = language === 'en' || language === 'zh';
    const given = hasLanguage ? rest.join('/') : path;
    const name = given === '' ? 'index' : given;
    const folder = hasLanguage ? language : preferredLanguage(request, response);
    const candidates = [`${folder}/${name}`, `${folder}/${name}.html`];
    return candidates.find((candidate) => guideFiles.has(candidate)) ?? null;
  }

  function send(request: Request, response: Response, file: WebFile): void {
    const origin = baseUrlOf(settings, request);
    const written = Buffer.from(file.bytes.buffer, file.bytes.byteOffset, file.bytes.byteLength).toString('utf8');
    const text = HOST.test(origin) ? written.replaceAll(WRITTEN_ORIGIN, origin) : written;
    const etag = `"${createHash('sha256').update(text).digest('base64url').slice(0, 27)}"`;
    response.setHeader('etag', etag);
    response.setHeader('cache-control', 'no-cache');
    response.setHeader('content-security-policy', PAGE_POLICY);
    response.setHeader('x-content-type-options', 'nosniff');
    if (matchesEtag(request.headers['if-none-match'], etag)) {
      response.statusCode = 304;
      response.end();
      return;
    }
    response.setHeader('content-type', file.contentType);
    response.setHeader('content-length', Buffer.byteLength(text));
    response.end(text);
  }

  const guide = (request: Request, response: Response, path: string): void => {
    const name = find(path, request, response);
    const file = name === null ? undefined : guideFiles.get(name);
    if (file === undefined)
      throw new AppError(
        'not_found',
        `There is no guide at this address. All guides are listed at ${baseUrlOf(settings, request)}/guides/`,
      );
    send(request, response, file);
  };
  routes.get('/guides', (request, response) => guide(request, response, ''));
  routes.get('/guides/*path', (request, response) => guide(request, response, request.params.path.filter((part) => part !== '').join('/')));
  for (const name of ['llms.txt', 'llms-full.txt'] as const) {
    routes.get(`/${name}`, (request, response) => {
      const file = guideFiles.get(name);
      if (file === undefined)
        throw new AppError('not_found', 'The guides are not built here. Run "npm run build" in the checkout, then start Atelier again.');
      send(request, response, file);
    });
  }
  return routes.done();
}
