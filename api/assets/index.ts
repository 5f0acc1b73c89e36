import type { Router, Request } from 'express';
import { AppError } from '../../domain/errors';
import { assertLink, type GivenLink, type LinkPart } from '../../domain/task/asset-links';
import { assertAssetKept } from '../../domain/task/retention';
import type { Asset } from '../../domain/task/task';
import type { ApiContext, Authenticating, Presenting } from '../deps';
import { createRoutes, jsonOf } from '../http/routes';
import { sendJson } from '../http/send';
import { sendArchive } from './archive';
import { sendPart } from './content';
import { seenAsset } from './find';
import { changeAsset, deleteAsset, listAssets, sendLineage } from './library';
import { assetObject } from './map';
import { uploadAsset } from './upload';

const MAX_BODY_BYTES = 256 * 1024;

type Deps = Authenticating &
  Presenting &
  Pick<ApiContext, 'assetWriter' | 'assets' | 'calls' | 'imageViews' | 'library' | 'logger' | 'newId' | 'objects'>;

/** Routes of assets: stored files, for their owners. */
export function assetsRouter(context: Deps): Router {
  const routes = createRoutes(context, '/v1');
  const json = jsonOf(MAX_BODY_BYTES);
  routes.post('/assets', (request, response) => uploadAsset(context, request, response));
  routes.get('/assets', (request, response) => listAssets(context, request, response));
  routes.post('/assets/archive', json, (request, response) => sendArchive(context, request, response));
  routes.get('/assets/:id', async (request, response) => {
    sendJson(response, 200, assetObject(context, request, await seenAsset(context, response, request.params.id)));
  });
  routes.patch('/assets/:id', json, (request, response) => changeAsset(context, request, response, request.params.id));
  routes.delete('/assets/:id', (request, response) => deleteAsset(context, request, response, request.params.id));
  routes.get('/assets/:id/lineage', (request, response) => sendLineage(context, request, response, request.params.id));
  for (const part of ['content', 'thumbnail'] as const) {
    routes.get(`/assets/:id/${part}`, { isOpen: isSigned }, async (request, response) => {
      const { id } = request.params;
      const link = linkOf(request, id, part);
      if (link !== null) assertLink(context.links, link, context.now());
      const asset = link === null ? await seenAsset(context, response, id) : await anyAsset(context, id);
      assertAssetKept(asset);
      await sendPart(context, request, response, asset, { part, mayRedirect: link !== null });
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

async function anyAsset(context: Pick<ApiContext, 'assets'>, id: string): Promise<Asset> {
  const asset = await context.assets.get(id, null);
  if (asset === null) throw new AppError('not_found', 'The file of this link no longer exists.');
  return asset;
}
