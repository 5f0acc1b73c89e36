import type { Request, Response } from 'express';
import { AppError } from '../../domain/errors';
import { extensionOf, fileName } from '../../domain/file-name';
import type { LinkPart } from '../../domain/task/asset-links';
import type { Asset } from '../../domain/task/task';
import type { ApiContext } from '../deps';
import { parseWith } from '../http/faults';
import { filenameOf } from './map';
import { contentQuery, thumbnailQuery } from './schema';
import { dispositionOf, isShown, sendObject, sendView, type FileToSend } from './send-object';

/** A redirect is followed at once. */
const REDIRECT_S = 60;
/** A thumbnail that is asked for without a width; above it a stored one is too small. */
const STORED_PX = 512;
const THUMBNAIL_TYPE = 'image/webp';

type Deps = Pick<ApiContext, 'imageViews' | 'objects' | 'settings'>;

/** Answers with a file or its thumbnail, or with another view of it where the request asks for one. @param mayRedirect - it has a link */
export async function sendPart(
  context: Deps,
  request: Request,
  response: Response,
  asset: Asset,
  { part, mayRedirect }: { readonly part: LinkPart; readonly mayRedirect: boolean },
): Promise<void> {
  if (part === 'thumbnail') {
    await sendThumbnail(context, request, response, asset, mayRedirect);
    return;
  }
  const { download, format } = parseWith(contentQuery, request.query);
  const { sha256 } = asset;
  const isDownload = download !== undefined;
  if (format === undefined || asset.contentType === `image/${format}`) {
    const filename = nameOf(asset, download, asset.contentType);
    await sendFile(context, request, response, { ...asset, filename, isDownload }, mayRedirect);
    return;
  }
  if (asset.kind !== 'image') {
    throw new AppError(
      'invalid_value',
      `Invalid format: the asset ${asset.id} is no image (${asset.contentType}), and only images are converted.`,
      {
        param: 'format',
      },
    );
  }
  const contentType = `image/${format}`;
  const file = { sha256, contentType, filename: nameOf(asset, download, contentType), isDownload, view: format };
  await sendView(request, response, file, () => context.imageViews.convert(asset.key, format));
}

async function sendThumbnail(context: Deps, request: Request, response: Response, asset: Asset, mayRedirect: boolean): Promise<void> {
  const { w } = parseWith(thumbnailQuery, request.query);
  const { id, thumbnailKey: key, sha256 } = asset;
  if (key === null) throw new AppError('not_found', `The asset ${id} has no thumbnail.`);
  const isMadeNow = key === asset.key;
  const filename = `${id}-thumbnail.${extensionOf(THUMBNAIL_TYPE)}`;
  // A poster is not made larger than it is.
  if (!isMadeNow && (w === undefined || (w > STORED_PX && asset.kind !== 'image'))) {
    await sendFile(
      context,
      request,
      response,
      { key, bytes: null, sha256: `${sha256}-thumbnail`, contentType: THUMBNAIL_TYPE, filename },
      mayRedirect,
    );
    return;
  }
  const sidePx = w ?? STORED_PX;
  const source = sidePx > STORED_PX ? asset.key : key;
  await sendView(request, response, { sha256, contentType: THUMBNAIL_TYPE, filename, view: `w${String(sidePx)}` }, () =>
    context.imageViews.shrink(source, sidePx),
  );
}

/** Sends the reader of a link to the object store, where that can be reached from outside. A HEAD, and what is no plain medium, is answered here. */
async function sendFile(context: Deps, request: Request, response: Response, file: FileToSend, mayRedirect: boolean): Promise<void> {
  if (!mayRedirect || !context.settings.redirectsLinks || request.method !== 'GET' || !isShown(file.contentType)) {
    await sendObject(context, request, response, file);
    return;
  }
  response.statusCode = 302;
  response.setHeader('location', await context.objects.sign(file.key, REDIRECT_S, dispositionOf(file)));
  response.setHeader('cache-control', 'no-store');
  response.end();
}

/** The name that is asked for, with the ending of its type. */
function nameOf(asset: Asset, download: string | undefined, contentType: string): string {
  const extension = extensionOf(contentType);
  if (download === undefined || download.trim() === '') return filenameOf({ id: asset.id, contentType });
  const stem = download.toLowerCase().endsWith(`.${extension}`) ? download.slice(0, -extension.length - 1) : download;
  return fileName(stem, `.${extension}`);
}
