import { Readable } from 'node:stream';
import type { Request, Response } from 'express';
import type { LibraryAsset } from '../../domain/asset/library';
import { isAppError } from '../../domain/errors';
import { createUniqueNames, extensionOf, fileName } from '../../domain/file-name';
import type { ImageFormat } from '../../domain/storage';
import { assertAssetKept } from '../../domain/task/retention';
import type { ApiContext } from '../deps';
import { parseWith } from '../http/faults';
import { sendZip, type ZipEntry } from '../http/send-zip';
import { ownAsset } from './find';
import { openStored } from './open-stored';
import { archiveBody } from './schema';

type Deps = Pick<ApiContext, 'imageViews' | 'library' | 'logger' | 'now' | 'objects'>;

/** POST /v1/assets/archive: the files as a ZIP, in the order given. */
export async function sendArchive(context: Deps, request: Request, response: Response): Promise<void> {
  const { ids, format } = parseWith(archiveBody, request.body);
  const assets: LibraryAsset[] = [];
  for (const [index, id] of ids.entries()) {
    const asset = await ownAsset(context, response, id, `ids[${String(index)}]`);
    assertAssetKept(asset, `ids[${String(index)}]`);
    assets.push(asset);
  }
  response.status(200).setHeader('content-type', 'application/zip');
  response.setHeader('content-disposition', 'attachment; filename="assets.zip"');
  response.setHeader('cache-control', 'private, no-store');
  await sendZip(context, response, entriesOf(context, assets, format), context.now());
}

function entriesOf(context: Deps, assets: readonly LibraryAsset[], format: ImageFormat | undefined): readonly ZipEntry[] {
  const unique = createUniqueNames();
  return assets.map((asset) => {
    const wanted = format !== undefined && asset.kind === 'image' && asset.contentType !== `image/${format}` ? format : null;
    const extension = extensionOf(wanted === null ? asset.contentType : `image/${wanted}`);
    const stem = (asset.name ?? asset.id).replace(/\.[A-Za-z0-9]{2,5}$/, '');
    return {
      name: unique((again) => fileName(stem, `${again === 1 ? '' : `_${String(again)}`}.${extension}`)),
      isText: false,
      open: () => (wanted === null ? openStored(context, asset.key) : converted(context, asset, wanted)),
    };
  });
}

async function converted({ imageViews }: Deps, { key }: LibraryAsset, format: ImageFormat): Promise<Readable | null> {
  try {
    return Readable.from([await imageViews.convert(key, format)], { objectMode: false });
  } catch (error) {
    if (isAppError(error) && error.code === 'not_found') return null;
    throw error;
  }
}
