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
