import { AppError } from '../../../domain/errors';
import type { MediaFile } from '../../../domain/provider/provider';

/**
 * A file for a multipart form whose bytes flow from storage to the provider and are never whole in memory. undici asks a file for its size,
 * and so knows the form's length, and then for its stream.
 */
export function streamedFile(file: MediaFile): File {
  const empty = new File([], file.filename, { type: file.contentType });
  return Object.defineProperties(empty, {
    size: { value: file.sizeBytes },
    stream: { value: () => file.open() },
  });
}

/** All bytes of a file, for those who must hold it. */
export async function readWhole(file: MediaFile): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of file.open()) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Most bytes of all files of a request that are sent inside its JSON. */
const MAX_INLINE_BYTES = 48 * 1024 * 1024;

/**
 * Files as base64, for vendors that take them inside the JSON of a request.
 * @throws AppError `request_too_large` for more than 48 MiB together
 */
export async function readBase64(files: readonly MediaFile[]): Promise<readonly string[]> {
  const bytes = files.reduce((sum, file) => sum + file.sizeBytes, 0);
  if (bytes > MAX_INLINE_BYTES) {
    const most = `at most ${MAX_INLINE_BYTES} bytes of input files in one request`;
    throw new AppError('request_too_large', `This model's provider takes ${most}; these have ${bytes}. Send smaller ones.`);
  }
  const texts: string[] = [];
  for (const file of files) texts.push(Buffer.from(await readWhole(file)).toString('base64'));
  return texts;
}

/** The same as `data:image/png;base64,...`. @throws AppError `request_too_large` */
export async function readDataUris(files: readonly MediaFile[]): Promise<readonly string[]> {
  const texts = await readBase64(files);
  return texts.map((text, index) => `data:${files[index]?.contentType ?? 'application/octet-stream'};base64,${text}`);
}
