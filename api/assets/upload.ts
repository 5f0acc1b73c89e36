import type { Request, Response } from 'express';
import { AppError } from '../../domain/errors';
import type { ApiContext, Presenting } from '../deps';
import { callerOf } from '../http/context';
import { discardRest } from '../http/discard-rest';
import { parseWith } from '../http/faults';
import { sendJson } from '../http/send';
import { keepFile } from '../uploads/keep-asset';
import type { FormLimits } from '../uploads/limits';
import { readForm } from '../uploads/read-form';
import { removeStaged } from '../uploads/stage-file';
import { unknownAsset } from './find';
import { assetObject } from './map';
import { uploadFields } from './schema';

const MIB = 1024 * 1024;

type Deps = Presenting & Pick<ApiContext, 'assetWriter' | 'assets' | 'library' | 'newId' | 'objects'>;

/**
 * POST /v1/assets: an image, a video or a sound goes to the object store as it comes in, and into the library.
 * @throws AppError `unsupported_media_type`, `invalid_multipart`, `request_too_large`, `missing_required_parameter`, `invalid_image`
 */
export async function uploadAsset(context: Deps, request: Request, response: Response): Promise<void> {
  const caller = callerOf(response);
  if (!/^multipart\/form-data\b/i.test(request.headers['content-type'] ?? '')) {
    discardRest(request);
    throw new AppError('unsupported_media_type', 'Send the file as multipart/form-data with the part file, and name and tags if you like.');
  }
  const form = await readForm(request, {
    objects: context.objects,
    stagingPrefix: `uploads/${context.newId('upload')}/`,
    limits: uploadForm(context.settings.files.maxFileBytes),
  });
  try {
    const { name, tags, purpose } = parseWith(uploadFields, form.fields);
    const [file] = form.files;
    if (file === undefined) {
      const hint = 'file' in form.fields ? ' It must be a file with a name, not a field.' : '';
      throw new AppError('missing_required_parameter', `Missing required parameter: file.${hint}`, { param: 'file' });
    }
    if (file.field !== 'file') throw new AppError('unknown_parameter', `Unknown file parameter: ${file.param}.`, { param: file.param });
    const kept = await keepFile(context, caller, { source: { stagedKey: file.stagedKey }, expect: 'medium', param: 'file', purpose });
    const given = name ?? (file.filename === '' ? undefined : file.filename.slice(0, 255).replaceAll('\0', ''));
    const named = { ...(given === undefined ? {} : { name: given }), ...(tags === undefined ? {} : { tags }) };
    const asset = await context.library.change(kept.id, caller.teamId, named);
    response.setHeader('location', `/v1/assets/${kept.id}`);
    sendJson(response, 201, assetObject(context, request, asset ?? unknownAsset(kept.id)));
  } finally {
    await removeStaged(
      context.objects,
      form.files.map(({ stagedKey }) => stagedKey),
    );
  }
}

/** One file and a few fields. */
function uploadForm(maxFileBytes: number): FormLimits {
  return { maxFileBytes, maxTotalBytes: maxFileBytes + MIB, maxFiles: 1, maxFields: 40, maxFieldBytes: 4_096 };
}
