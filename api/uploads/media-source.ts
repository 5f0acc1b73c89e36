import type { Caller } from '../../domain/access/caller';
import { AppError } from '../../domain/errors';
import type { MediaSource } from '../../domain/task/generation';
import { isGivenOut } from '../../domain/task/asset-links';
import { assertAssetKept } from '../../domain/task/retention';
import type { NewAsset } from '../../domain/storage';
import type { Asset } from '../../domain/task/task';
import type { Sourcing } from '../deps';
import { decodeDataUrl } from './data-url';
import { keepAsset } from './keep-asset';

/** An image or video that a request names: by a URL (also `data:`), or by the id of an asset or of an uploaded file. */
export type NamedMedia = { readonly url: string } | { readonly assetId: string };

/** How it is named: the field, for errors, what it must be, and what it is for. */
interface NamedAs {
  readonly param: string;
  readonly expect: NewAsset['expect'];
  readonly purpose?: Asset['purpose'] | undefined;
}

/**
 * Where the named image or video is to be read. `data:` URLs become assets, links that we gave out are taken as their assets, other
 * URLs are checked and fetched by the run.
 * @param param - the field, for the error
 * @throws AppError `invalid_url`, `invalid_value`, `invalid_image`, `asset_storage_failed`
 */
export async function resolveMedia(
  deps: Sourcing,
  caller: Caller,
  named: NamedMedia,
  { param, expect, purpose }: NamedAs,
): Promise<MediaSource> {
  if ('assetId' in named) {
    const { assetId: id } = named;
    return {
      assetId: await (id.startsWith('file-')
        ? assetOfFile(deps, caller, id, { param, expect, purpose })
        : ownAsset(deps, caller, id, param)),
    };
  }
  if (/^data:/i.test(named.url)) {
    const bytes = decodeDataUrl(named.url, param);
    return { assetId: await keepAsset(deps, caller, { source: { bytes }, expect, param, purpose }) };
  }
  const assetId = await assetOfOwnLink(deps, caller, named.url);
  if (assetId !== null) return { assetId: await ownAsset(deps, caller, assetId, param) };
  await deps.egress.check(named.url, param);
  return { url: named.url };
}

/** An uploaded file (`/v1/files`) as an asset of its own, which stays as long as what was made of it. */
async function assetOfFile(deps: Sourcing, caller: Caller, id: string, { param, expect, purpose }: NamedAs): Promise<string> {
  const file = await deps.files.get(id, caller.teamId);
  if (file === null) {
    throw new AppError('not_found', `Invalid ${param}: there is no file ${JSON.stringify(id.slice(0, 100))}.`, { param });
  }
  return keepAsset(deps, caller, { source: { stagedKey: file.key }, expect, param, purpose });
}

async function ownAsset(deps: Sourcing, caller: Caller, assetId: string, param: string): Promise<string> {
  const asset = await deps.assets.get(assetId, caller.teamId);
  if (asset === null) {
    throw new AppError('not_found', `Invalid ${param}: there is no asset ${JSON.stringify(assetId.slice(0, 100))}.`, { param });
  }
  assertAssetKept(asset, param);
  return asset.id;
}

/** Those of a task's further outputs and of its inputs end with their place. */
const ASSET_ID = /asset_[0-9a-f]{32}(?:_[\w-]+)?/;
const ASSET_PATH = /^\/v1\/assets\/(asset_[0-9a-f]{32}(?:_[\w-]+)?)(?:\/(content|thumbnail))?$/;
const OUTPUT_PATH = /^\/v1\/tasks\/(task_[0-9a-f]{32})\/outputs\/(\d{1,3})\/content$/;
const VIDEO_PATH = /^\/v1\/videos\/(task_[0-9a-f]{32})\/content$/;

/** The asset behind a link that we gave out, of this api or of the object store, to a file or to its thumbnail; null: it is somebody else's link. */
async function assetOfOwnLink(deps: Sourcing, caller: Caller, url: string): Promise<string | null> {
  if (deps.settings.objectUrlPrefixes.some((prefix) => url.startsWith(prefix))) return ASSET_ID.exec(url)?.[0] ?? null;
  // Whatever name the api was reached by: an id that is the caller's own is proof enough.
  const { pathname: path, searchParams } = URL.canParse(url) ? new URL(url) : { pathname: '', searchParams: new URLSearchParams() };
  const [, assetId, part] = ASSET_PATH.exec(path) ?? [];
  if (assetId !== undefined) {
    const link = { id: assetId, expires: searchParams.get('expires') ?? '', signature: searchParams.get('signature') ?? '' };
    if ((part === 'content' || part === 'thumbnail') && isGivenOut(deps.links, { ...link, part })) return assetId;
    return (await deps.assets.get(assetId, caller.teamId))?.id ?? null;
  }
  const output = OUTPUT_PATH.exec(path) ?? VIDEO_PATH.exec(path);
  if (output?.[1] === undefined) return null;
  const task = await deps.tasks.find(output[1], caller.teamId);
  return task?.outputs[Number(output[2] ?? 0)]?.id ?? null;
}
