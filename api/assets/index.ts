import type { Router, Request, Response } from 'express';
import { AppError } from '../../domain/errors';
import { extensionOf } from '../../domain/file-name';
import { assertLink, type GivenLink, type LinkPart } from '../../domain/task/asset-links';
import { assertAssetKept } from '../../domain/task/retention';
import type { Asset } from '../../domain/task/task';
import type { ApiContext, Authenticating, Presenting } from '../deps';
import { scopeOf } from '../http/context';
import { createRoutes } from '../http/routes';
import { sendJson } from '../http/send';
import { assetObject, filenameOf } from './map';
import { dispositionOf, isShown, sendObject, type FileToSend } from './send-object';

/** A redirect is followed at once. */
const REDIRECT_S = 60;

type Deps = Authenticating & Presenting & Pick<ApiContext, 'assets' | 'objects'>;

/** Routes of assets: stored files, for their owners. */
export function assetsRouter(context: Deps): Router {
  const routes = createRoutes(context, '/v1');

  routes.get('/assets/:id', async (request, response) => {
    sendJson(response, 200, assetObject(context, request, await ownAsset(context, response, request.params.id)));
  });

  for (const part of ['content', 'thumbnail'] as const) {
    routes.get(`/assets/:id/${part}`, { isOpen: isSigned }, async (request, response) => {
      const { id } = request.params;
      const link = linkOf(request, id, part);
      if (link !== null) assertLink(context.links, link, context.now());
      const asset = link === null ? await ownAsset(context, response, id) : await anyAsset(context, id);
      assertAssetKept(asset);
      const file = fileOf(asset, part);
      if (link === null || !(await redirect(context, request, response, file))) await sendObject(context, request, response, file);
    });
  }
  return routes.done();
}

/** The signed link that the request is, if it is one. */
function linkOf(request: Request, id: string, part: LinkPart): GivenLink | null {
  const { expires, signature } = request.query;
  if (signature === undefined) return null;
  return { id, part, expires: typeof expires === 'string' ? expires : '', signature: typeof signature === 'string' ? signature : '' };
}

/** A signed link needs no key. */
function isSigned(request: Request): boolean {
  return request.query['signature'] !== undefined;
}

/** Sends the reader of a link to the object store, where that can be reached from outside. A HEAD, and what is no plain medium, is answered here. */
async function redirect(
  { settings, objects }: Pick<ApiContext, 'settings' | 'objects'>,
  request: Request,
  response: Response,
  file: FileToSend,
): Promise<boolean> {
  if (!settings.redirectsLinks || request.method !== 'GET' || !isShown(file.contentType)) return false;
  response.statusCode = 302;
  response.setHeader('location', await objects.sign(file.key, REDIRECT_S, dispositionOf(file)));
  response.setHeader('cache-control', 'no-store');
  response.end();
  return true;
}

function fileOf(asset: Asset, part: LinkPart): FileToSend {
  if (part === 'content') return { ...asset, filename: filenameOf(asset) };
  if (asset.thumbnailKey === null) throw new AppError('not_found', `The asset ${asset.id} has no thumbnail.`);
  const contentType = 'image/webp';
  return { key: asset.thumbnailKey, bytes: null, sha256: null, contentType, filename: `${asset.id}-thumbnail.${extensionOf(contentType)}` };
}

async function anyAsset(context: Pick<ApiContext, 'assets'>, id: string): Promise<Asset> {
  const asset = await context.assets.get(id, null);
  if (asset === null) throw new AppError('not_found', 'The file of this link no longer exists.');
  return asset;
}

async function ownAsset(context: Pick<ApiContext, 'assets'>, response: Response, id: string): Promise<Asset> {
  const asset = await context.assets.get(id, scopeOf(response).teamId);
  if (asset === null) throw new AppError('not_found', `There is no asset ${JSON.stringify(id.slice(0, 100))} here.`);
  return asset;
}
