import type { Request, Response } from 'express';
import { AppError } from '../../../domain/errors';
import { fileId, fileKey, type FilePurpose, type StoredFile } from '../../../domain/file/file';
import type { ApiContext } from '../../deps';
import { callerOf } from '../../http/context';
import { discardRest } from '../../http/discard-rest';
import { parseWith } from '../../http/faults';
import { describeBytes } from '../../uploads/limits';
import { readForm, type Form } from '../../uploads/read-form';
import { removeStaged, type UploadedFile } from '../../uploads/stage-file';
import { fileForm, requireSize } from './limits';
import { fileFields } from './schema';

/** OpenAI removes the inputs of batches after a month, unless they were given an end. */
const BATCH_FILE_LIFE_S = 30 * 24 * 3_600;

type Deps = Pick<ApiContext, 'files' | 'newId' | 'objects' | 'settings'>;

/**
 * POST /v1/files: the file goes to the object store as it comes in.
 * @throws AppError `unsupported_media_type`, `invalid_multipart`, `request_too_large`, `missing_required_parameter`, `invalid_value`
 */
export async function createFile(context: Deps, request: Request, response: Response): Promise<StoredFile> {
  const { teamId } = callerOf(response);
  if (!/^multipart\/form-data\b/i.test(request.headers['content-type'] ?? '')) {
    discardRest(request);
    throw new AppError('unsupported_media_type', 'Send the file as multipart/form-data with the parts file and purpose.');
  }
  const { files: limits } = context.settings;
  const id = fileId(context.newId);
  const key = fileKey(id);
  const form = await readForm(request, {
    objects: context.objects,
    stagingPrefix: key.slice(0, -1),
    limits: fileForm(limits.maxFileBytes),
  });
  try {
    const { file, purpose, expiresAfterS } = checked(form);
    const { contentType, sizeBytes, sha256 } = file;
    const filename = file.filename === '' ? 'file' : file.filename.slice(0, 255);
    const kept = await context.files.keep(
      { id, teamId, purpose, filename, contentType, sizeBytes, sha256, key, expiresAfterS },
      limits.maxTeamBytes,
    );
    if (kept !== null) return kept;
    throw new AppError(
      'request_too_large',
      `The files of this team may have ${describeBytes(limits.maxTeamBytes)} together, and this one does not fit. Delete files that are not needed any more.`,
      { param: 'file' },
    );
  } catch (error) {
    await removeStaged(
      context.objects,
      form.files.map(({ stagedKey }) => stagedKey),
    );
    throw error;
  }
}

function checked({ fields, files }: Form): {
  readonly file: UploadedFile;
  readonly purpose: FilePurpose;
  readonly expiresAfterS: number | null;
} {
  const { purpose, expires_after: expiresAfter } = parseWith(fileFields, fields);
  const [file] = files;
  if (file === undefined) {
    const hint = 'file' in fields ? ' It must be a file with a name, not a field.' : '';
    throw new AppError('missing_required_parameter', `Missing required parameter: file.${hint}`, { param: 'file' });
  }
  if (file.field !== 'file') throw new AppError('unknown_parameter', `Unknown file parameter: ${file.param}.`, { param: file.param });
  if (file.sizeBytes === 0) throw new AppError('invalid_value', 'Invalid file: it is empty.', { param: 'file' });
  requireSize(purpose, file.sizeBytes);
  return { file, purpose, expiresAfterS: expiresAfter?.seconds ?? (purpose === 'batch' ? BATCH_FILE_LIFE_S : null) };
}
