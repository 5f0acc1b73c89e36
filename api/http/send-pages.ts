import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Response } from 'express';
import { setProcessingTime } from './send';

const TYPES = { csv: 'text/csv; charset=utf-8', jsonl: 'application/x-ndjson; charset=utf-8' } as const;

/**
 * Answers with a file that is written a page at a time: what was read before is with the client, or waits no longer than its connection lets
 * it.
 * @param name - of the file, without its ending
 */
export async function sendPages(
  response: Response,
  file: { readonly name: string; readonly format: keyof typeof TYPES },
  pages: AsyncGenerator<string>,
): Promise<void> {
  setProcessingTime(response);
  response.statusCode = 200;
  response.setHeader('content-type', TYPES[file.format]);
  response.setHeader('content-disposition', `attachment; filename="${file.name}.${file.format}"`);
  response.setHeader('cache-control', 'private, no-store');
  // A file that breaks off cannot become an error: closing the connection tells the client that it is not whole.
  await pipeline(Readable.from(pages, { highWaterMark: 1 }), response).catch(() => response.destroy());
}
