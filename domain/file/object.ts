import type { StoredFile } from './file';

/** OpenAI's file object. Times in unix seconds. */
export function fileObject(file: StoredFile) {
  return {
    id: file.id,
    object: 'file',
    bytes: file.sizeBytes,
    created_at: Math.floor(file.createdAt.getTime() / 1_000),
    expires_at: file.expiresAt === null ? null : Math.floor(file.expiresAt.getTime() / 1_000),
    filename: file.filename,
    purpose: file.purpose,
    status: 'processed',
    status_details: null,
  };
}
