import type { Caller } from '../../domain/access/caller';
import type { InputImage } from '../../domain/task/generation';
import type { Sourcing } from '../deps';
import { keepUpload, purposeOf } from '../uploads/keep-asset';
import { resolveMedia, type NamedMedia } from '../uploads/media-source';
import type { UploadedFile } from '../uploads/stage-file';
import type { ImageReference } from './images/schema';

/** An image of a request that is not read yet: uploaded or named. */
export interface GivenImage {
  readonly role: string;
  readonly param: string;
  readonly from: UploadedFile | ImageReference;
}

/** Stands for images that are not kept yet, while a request is checked. */
export function placeholders(images: readonly GivenImage[]): readonly InputImage[] {
  return images.map(({ role }) => ({ role, source: { assetId: '' } }));
}

/** Keeps or checks each image, in order. @throws AppError naming the field at fault */
export async function keepImages(context: Sourcing, caller: Caller, images: readonly GivenImage[]): Promise<readonly InputImage[]> {
  const kept: InputImage[] = [];
  // One after the other: decoding images is heavy, and the first fault is the one to tell.
  for (const image of images) kept.push({ role: image.role, source: await sourceOf(context, caller, image) });
  return kept;
}

async function sourceOf(context: Sourcing, caller: Caller, { from, param, role }: GivenImage): Promise<InputImage['source']> {
  if ('stagedKey' in from) return { assetId: await keepUpload(context, caller, from, purposeOf(role)) };
  return resolveMedia(context, caller, namedMedia(from), { param, expect: 'image', purpose: purposeOf(role) });
}

/** Files are assets here: `file_id` takes an asset's id, so that SDKs without `asset_id` can name one. */
function namedMedia({ image_url: url, file_id: fileId, asset_id: assetId }: ImageReference): NamedMedia {
  return url === undefined ? { assetId: assetId ?? fileId ?? '' } : { url };
}
