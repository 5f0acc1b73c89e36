import busboy from 'busboy';
import type { IncomingMessage } from 'node:http';
import { AppError, isAppError, toAppError } from '../../domain/errors';
import type { ObjectStore } from '../../domain/storage';
import { contentOf, feed } from '../http/body-content';
import { fieldText } from '../http/text-chunks';
import { discardRest } from '../http/discard-rest';
import { formTree } from './form-tree';
import { describeBytes, type FormLimits } from './limits';
import { removeStaged, stageFile, type UploadedFile } from './stage-file';

export interface Form {
  readonly fields: Record<string, unknown>;
  readonly files: readonly UploadedFile[];
}

/** Where a form's files go: `stagingPrefix` + their position. */
export interface FormTarget {
  readonly objects: ObjectStore;
  readonly stagingPrefix: string;
  readonly limits: FormLimits;
}

/**
 * Reads a multipart body as a stream: text fields into memory (capped), files straight to S3. On any fault every file that was
 * staged is removed, and the rest of the request is read and thrown away, so that the client gets to read the answer.
 * @throws AppError `invalid_multipart`, `request_too_large`, `asset_storage_failed`
 */
export async function readForm(request: IncomingMessage, target: FormTarget): Promise<Form> {
  const staged: string[] = [];
  try {
    const { fields, files } = await collect(request, target, staged);
    return { fields: formTree(fields), files };
  } catch (error) {
    discardRest(request);
    await removeStaged(target.objects, staged);
    throw toAppError(error);
  }
}

interface Parts {
  readonly fields: readonly (readonly [name: string, value: string])[];
  readonly files: readonly UploadedFile[];
}

function tooLarge(message: string, param?: string): AppError {
  return new AppError('request_too_large', message, param === undefined ? {} : { param });
}

function broken(message = 'The multipart body is broken or ends too early: check the boundary and the closing line.'): AppError {
  return new AppError('invalid_multipart', message);
}

function createParser(request: IncomingMessage, limits: FormLimits): busboy.Busboy {
  try {
    return busboy({
      headers: request.headers,
      defParamCharset: 'utf8',
      limits: { files: limits.maxFiles, fields: limits.maxFields, fieldSize: limits.maxFieldBytes + 1 },
    });
  } catch {
    throw broken('The Content-Type names no usable multipart boundary.');
  }
}

function collect(request: IncomingMessage, target: FormTarget, staged: string[]): Promise<Parts> {
  const { limits } = target;
  const wholeIsTooLarge = tooLarge(`The request is larger than ${describeBytes(limits.maxTotalBytes)}.`);
  if (Number(request.headers['content-length'] ?? 0) > limits.maxTotalBytes) {
    throw wholeIsTooLarge;
  }
  const parser = createParser(request, limits);
  const fields: [string, string][] = [];
  const uploads: Promise<UploadedFile>[] = [];
  let totalBytes = 0;
  let hasFailed = false;
  let unpipe = (): void => undefined;

  return new Promise((resolve, reject) => {
    const fail = (error: AppError): void => {
      if (hasFailed) {
        return;
      }
      hasFailed = true;
      unpipe();
      parser.destroy();
      // Uploads that are under way end first: one that finished later would leave its file behind.
      void Promise.allSettled(uploads).then(() => {
        reject(error);
      });
    };
    const count = (chunk: Buffer): void => {
      totalBytes += chunk.length;
      if (totalBytes > limits.maxTotalBytes) {
        fail(wholeIsTooLarge);
      }
    };
    parser.on('field', (name: string | undefined, value, info) => {
      if (name === undefined) {
        fail(broken('A part of the form has no name.'));
      } else if (info.valueTruncated) {
        fail(tooLarge(`The field ${name} is larger than ${describeBytes(limits.maxFieldBytes)}.`, name));
      } else {
        try {
          fields.push([name, fieldText(name, value)]);
        } catch (error) {
          fail(toAppError(error));
        }
      }
    });
    parser.on('file', (name: string | undefined, stream, info) => {
      // A destroyed parser destroys its open file with an error that nobody else may be listening to.
      stream.on('error', () => undefined);
      if (name === undefined || hasFailed) {
        stream.resume();
        fail(broken('A file of the form has no name.'));
        return;
      }
      const stagedKey = `${target.stagingPrefix}${String(uploads.length)}`;
      staged.push(stagedKey);
      const part = {
        name,
        contentType: info.mimeType,
        filename: info.filename ?? '',
        stagedKey,
        maxBytes: limits.maxFileBytes,
      };
      const upload = stageFile(stream, part, target.objects);
      uploads.push(upload);
      upload.catch((error: unknown) => {
        fail(toAppError(error));
      });
    });
    parser.on('filesLimit', () => {
      fail(tooLarge(`The form contains more than ${String(limits.maxFiles)} files.`));
    });
    parser.on('fieldsLimit', () => {
      fail(tooLarge(`The form contains more than ${String(limits.maxFields)} fields.`));
    });
    parser.on('error', () => {
      fail(broken());
    });
    parser.on('close', () => {
      Promise.all(uploads).then(
        (files) => {
          if (!hasFailed) {
            resolve({ fields, files });
          }
        },
        () => undefined, // told by the upload's own handler
      );
    });
    request.on('close', () => {
      if (!request.complete) {
        fail(broken('The connection ended before the whole form had arrived.'));
      }
    });
    const content = contentOf(request, limits.maxTotalBytes, 'invalid_multipart');
    content.on('error', (error) => {
      fail(isAppError(error) ? error : broken('The connection ended before the whole form had arrived.'));
    });
    unpipe = feed(content, request, parser, count);
  });
}
