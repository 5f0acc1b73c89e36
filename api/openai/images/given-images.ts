import { AppError } from '../../../domain/errors';
import type { UploadedFile } from '../../uploads/stage-file';
import type { GivenImage } from '../input-images';
import type { EditRequest } from './schema';

const MAX_IMAGES = 16;
const FILE_FIELDS = new Set(['image', 'images', 'mask']);

/**
 * The images of an edit: uploaded files first, then named ones; the mask last.
 * @throws AppError `unknown_parameter` for a file in another field, `missing_required_parameter`, `invalid_value` for too many
 */
export function editImages(request: EditRequest, files: readonly UploadedFile[]): readonly GivenImage[] {
  const stray = files.find((file) => !FILE_FIELDS.has(file.field));
  if (stray !== undefined) {
    throw new AppError('unknown_parameter', `Unknown file parameter: ${stray.param}.`, { param: stray.param });
  }
  const images: GivenImage[] = [
    ...files.filter((file) => file.field !== 'mask').map((file) => ({ role: 'reference', param: file.param, from: file })),
    ...(request.image ?? []).map((from, index) => ({ role: 'reference', param: `image[${index}]`, from })),
    ...(request.images ?? []).map((from, index) => ({ role: 'reference', param: `images[${index}]`, from })),
  ];
  if (images.length === 0) {
    throw new AppError('missing_required_parameter', 'Missing required parameter: image. Give at least one image to edit.', {
      param: 'image',
    });
  }
  if (images.length > MAX_IMAGES) {
    throw new AppError('invalid_value', `At most ${MAX_IMAGES} images can be given, the request has ${images.length}.`, {
      param: 'image',
    });
  }
  return [...images, ...masks(request, files)];
}

function masks(request: EditRequest, files: readonly UploadedFile[]): readonly GivenImage[] {
  const uploaded = files.filter((file) => file.field === 'mask').map((file) => ({ role: 'mask', param: file.param, from: file }));
  const named = request.mask === undefined || request.mask === null ? [] : [{ role: 'mask', param: 'mask', from: request.mask }];
  const all = [...uploaded, ...named];
  if (all.length > 1) throw new AppError('invalid_value', 'Only one mask is allowed.', { param: 'mask' });
  return all;
}
