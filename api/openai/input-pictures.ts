import type { Caller } from '../../domain/access/caller';
import type { InputImage } from '../../domain/task/generation';
import type { Sourcing } from '../deps';
import { keepUpload } from '../uploads/keep-asset';
import { resolveMedia, type NamedMedia } from '../uploads/media-source';
import type { UploadedFile } from '../uploads/stage-file';
import type { PictureReference } from './images/schema';

/** A picture of a request that is not read yet: uploaded or named. */
export interface GivenPicture {
  readonly role: string;
  readonly param: string;
  readonly from: UploadedFile | PictureReference;
}

/** Stands for pictures that are not kept yet, while a request is checked. */
export function placeholders(pictures: readonly GivenPicture[]): readonly InputImage[] {
  return pictures.map(({ role }) => ({ role, source: { assetId: '' } }));
}

/** Keeps or checks each picture, in order. @throws AppError naming the field at fault */
export async function keepPictures(context: Sourcing, caller: Caller, pictures: readonly GivenPicture[]): Promise<readonly InputImage[]> {
  const kept: InputImage[] = [];
  // One after the other: decoding pictures is heavy, and the first fault is the one to tell.
  for (const picture of pictures) kept.push({ role: picture.role, source: await sourceOf(context, caller, picture) });
  return kept;
}

async function sourceOf(context: Sourcing, caller: Caller, { from, param }: GivenPicture): Promise<InputImage['source']> {
  if ('stagedKey' in from) return { assetId: await keepUpload(context, caller, from) };
  return resolveMedia(context, caller, namedMedia(from), { param, expect: 'image' });
}

/** Files are assets here: `file_id` takes an asset's id, so that SDKs without `asset_id` can name one. */
function namedMedia({ image_url: url, file_id: fileId, asset_id: assetId }: PictureReference): NamedMedia {
  return url === undefined ? { assetId: assetId ?? fileId ?? '' } : { url };
}
