import type { Caller } from '../../domain/catalogue';
import { AppError } from '../../domain/errors';
import type { MediaSource } from '../../domain/generation';
import type { NewAsset } from '../../domain/storage';
import type { ApiContext } from '../deps';
import { decodeDataUrl } from './data-url';
import { keepAsset } from './keep-asset';

type Deps = Pick<ApiContext, 'assetWriter' | 'assets' | 'egress' | 'newId' | 'settings' | 'tasks'>;

/** A picture or film that a request names: by a URL (also `data:`) or by the id of an asset. */
export type NamedMedia = { readonly url: string } | { readonly assetId: string };

/**
 * Where the named picture or film is to be read. `data:` URLs become assets, links that we gave out are taken as their assets, other
 * URLs are checked and fetched by the run.
 * @param param - the field, for the error
 * @throws AppError `invalid_url`, `invalid_value`, `invalid_image`, `asset_storage_failed`
 */
export async function resolveMedia(
  deps: Deps,
  caller: Caller,
  named: NamedMedia,
  { param, expect }: { readonly param: string; readonly expect: NewAsset['expect'] },
): Promise<MediaSource> {
  if ('assetId' in named) return { assetId: await ownAsset(deps, caller, named.assetId, param) };
  if (/^data:/i.test(named.url)) {
    const bytes = decodeDataUrl(named.url, param);
    return { assetId: await keepAsset(deps, caller, { source: { bytes }, expect, param }) };
  }
  const assetId = await assetOfOwnLink(deps, caller, named.url);
  if (assetId !== null) return { assetId: await ownAsset(deps, caller, assetId, param) };
  await deps.egress.check(named.url, param);
  return { url: named.url };
}

async function ownAsset(deps: Deps, caller: Caller, assetId: string, param: string): Promise<string> {
  const asset = await deps.assets.get(assetId, caller.teamId);
  if (asset === null) {
    throw new AppError('not_found', `Invalid ${param}: there is no asset ${JSON.stringify(assetId.slice(0, 100))}.`, { param });
  }
  return asset.id;
}

const ASSET_ID = /asset_[0-9a-f]{32}/;

/** The asset behind a link that we gave out (of the object store or of this api); null: it is somebody else's link. */
async function assetOfOwnLink(deps: Deps, caller: Caller, url: string): Promise<string | null> {
  const isObject = deps.settings.objectUrlPrefixes.some((prefix) => url.startsWith(prefix));
  if (isObject) return ASSET_ID.exec(url)?.[0] ?? null;
  const { publicUrl } = deps.settings;
  if (publicUrl === null || !url.startsWith(`${publicUrl}/v1/`)) return null;
  const path = url.slice(publicUrl.length);
  const output = /^\/v1\/tasks\/(task_[0-9a-f]{32})\/outputs\/(\d{1,3})\/content/.exec(path);
  if (output === null) return /^\/v1\/assets\/(asset_[0-9a-f]{32})(?:\/|$)/.exec(path)?.[1] ?? null;
  const task = await deps.tasks.get(output[1] ?? '', caller.teamId);
  return task?.outputs[Number(output[2])]?.id ?? null;
}
