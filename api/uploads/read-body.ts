import type { Request, Response } from 'express';
import { toAppError } from '../../domain/errors';
import type { ApiContext } from '../deps';
import { localsOf } from '../http/context';
import { noteBody } from '../http/request-origin';
import { expectJson, readJson } from '../http/json-body';
import { coerceFields, type FieldKind } from './form-tree';
import { MAX_JSON_BYTES, type FormLimits } from './limits';
import { readForm } from './read-form';
import { removeStaged, type UploadedFile } from './stage-file';

/** A request's body, whichever way it was written. */
export interface Body {
  /** The parameters, not checked yet. */
  readonly fields: unknown;
  readonly files: readonly UploadedFile[];
  /** What tells a repeat from another request: the parameters, and each file by its content (boundaries and file names differ). */
  readonly fingerprint: unknown;
}

/**
 * Reads a body of multipart/form-data or JSON and works with it; staged files are removed when the work is done or has failed.
 * @param form - `kinds`: the fields that are numbers or booleans
 * @throws AppError `invalid_multipart`, `invalid_json`, `request_too_large`, `unsupported_media_type`, and what `work` throws
 */
export async function withBody<Result>(
  context: Pick<ApiContext, 'objects' | 'newId'>,
  request: Request,
  response: Response,
  form: { readonly limits: FormLimits; readonly kinds: Readonly<Record<string, FieldKind>> },
  work: (body: Body) => Promise<Result>,
): Promise<Result> {
  if (!/^multipart\/form-data\b/i.test(request.headers['content-type'] ?? '')) {
    await handled(expectJson(MAX_JSON_BYTES), request, response);
    await handled(readJson(MAX_JSON_BYTES), request, response);
    const fields: unknown = request.body;
    return work({ fields, files: [], fingerprint: fields });
  }
  const stagingPrefix = `uploads/${context.newId('up')}/`;
  const { fields, files } = await readForm(request, { objects: context.objects, stagingPrefix, limits: form.limits });
  try {
    const coerced = coerceFields(fields, form.kinds);
    noteBody(response, coerced);
    localsOf(response).form = {
      fields: coerced,
      files: files.map(({ param, contentType, sizeBytes, sha256 }) => ({ field: param, contentType, bytes: sizeBytes, sha256 })),
    };
    const contents = files.map((file) => ({ field: file.field, sha256: file.sha256 }));
    return await work({ fields: coerced, files, fingerprint: { ...coerced, files: contents } });
  } finally {
    await removeStaged(
      context.objects,
      files.map((file) => file.stagedKey),
    );
  }
}

function handled(handler: ReturnType<typeof readJson>, request: Request, response: Response): Promise<void> {
  return new Promise((resolve, reject) => {
    void handler(request, response, (error?: unknown) => {
      if (error === undefined) resolve();
      else reject(toAppError(error));
    });
  });
}
