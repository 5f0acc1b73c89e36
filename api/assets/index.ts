import { Router, type Response } from 'express';
import { AppError } from '../../domain/errors';
import { assertAssetKept } from '../../domain/task/retention';
import type { Asset } from '../../domain/task/task';
import type { ApiContext } from '../deps';
import { scopeOf } from '../http/context';
import { allowOnly } from '../http/methods';
import { sendJson } from '../http/send';
import { authenticate } from '../middleware/authenticate';
import { assetObject, filenameOf } from './map';
import { sendObject } from './send-object';

/** Routes of assets: stored files, for their owners. */
export function assetsRouter(context: ApiContext): Router {
  const router = Router();
  const authenticated = authenticate(context);

  router.get<{ id: string }>('/assets/:id', authenticated, async (request, response) => {
    sendJson(response, 200, await assetObject(context, await ownAsset(context, response, request.params.id)));
  });
  router.all('/assets/:id', allowOnly('GET'));

  router.get<{ id: string }>('/assets/:id/content', authenticated, async (request, response) => {
    const asset = await ownAsset(context, response, request.params.id);
    assertAssetKept(asset);
    await sendObject(context, request, response, { ...asset, filename: filenameOf(asset) });
  });
  router.all('/assets/:id/content', allowOnly('GET', 'HEAD'));
  return router;
}

async function ownAsset(context: ApiContext, response: Response, id: string): Promise<Asset> {
  const asset = await context.assets.get(id, scopeOf(response, 'generation.read').teamId);
  if (asset === null) throw new AppError('not_found', `There is no asset ${JSON.stringify(id.slice(0, 100))} here.`);
  return asset;
}
