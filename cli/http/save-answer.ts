import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { CliFailure } from '../failure';
import type { ApiClient, ApiRequest } from './client';
import { connectionFailure } from './connection-failure';

/** Writes the body of an answer into a file, which is there once it is whole. @throws CliFailure */
export async function saveAnswer(client: ApiClient, request: ApiRequest, file: string): Promise<void> {
  const response = await client.open(request);
  await whole(file, async (part) => {
    try {
      await pipeline(Readable.fromWeb(response.body as Parameters<typeof Readable.fromWeb>[0]), createWriteStream(part));
    } catch (error) {
      request.signal?.throwIfAborted();
      const { syscall, code } = error as NodeJS.ErrnoException;
      if (syscall === 'open' || syscall === 'write') {
        throw new CliFailure(
          `${file} cannot be written (${code ?? 'unknown reason'}).`,
          { code: 'file', advice: ['Choose another place.'] },
          error,
        );
      }
      throw connectionFailure(error, response.url);
    }
  });
}

/** Writes beside a file and puts it in its place at the end; what broke off leaves nothing behind. */
export async function whole(file: string, write: (part: string) => Promise<void>): Promise<void> {
  const part = `${file}.part`;
  try {
    await write(part);
    await rename(part, file);
  } finally {
    await rm(part, { force: true });
  }
}
