import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ApiClient } from '../http/client';
import type { BatchObject } from './batch-object';

/** Saves the files of a batch as `output.jsonl` and `errors.jsonl` in a folder. @returns their paths */
export async function downloadFiles(
  batch: BatchObject,
  { client, folder, signal }: { readonly client: ApiClient; readonly folder: string; readonly signal: AbortSignal },
): Promise<{ readonly output: string | null; readonly errors: string | null }> {
  await mkdir(folder, { recursive: true });
  const save = async (fileId: string | null, name: string): Promise<string | null> => {
    if (fileId === null) return null;
    const path = join(folder, name);
    const response = await client.open({ path: `/v1/files/${fileId}/content`, signal });
    await pipeline(Readable.fromWeb(response.body as Parameters<typeof Readable.fromWeb>[0]), createWriteStream(path), { signal });
    return path;
  };
  return { output: await save(batch.output_file_id, 'output.jsonl'), errors: await save(batch.error_file_id, 'errors.jsonl') };
}
