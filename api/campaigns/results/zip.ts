import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Response } from 'express';
import { ZipFile } from 'yazl';
import { isAppError } from '../../../domain/errors';
import type { ApiContext } from '../../deps';
import type { FileNames } from './names';
import { filesOf, type ResultFile, type ResultRow } from './rows';

type Deps = Pick<ApiContext, 'logger' | 'objects'>;

/** Sends the files of results as a ZIP, one after the other: none is in memory as a whole. Media are not compressed again. */
export async function sendZip(
  context: Deps,
  response: Response,
  rows: AsyncIterable<ResultRow>,
  names: FileNames,
  mtime: Date,
): Promise<void> {
  const zip = new ZipFile();
  let open: Readable | null = null;
  const failed = new Promise<never>((_resolve, reject) => zip.on('error', reject));
  const sent = pipeline(zip.outputStream, response);
  // Who waits for it hears of it; until then a client that went away is no crash.
  sent.catch(() => undefined);
  failed.catch(() => undefined);

  async function add(file: ResultFile): Promise<void> {
    const body = await bodyOf(context, file);
    if (body === null) return;
    open = body;
    const options = { mtime, mode: 0o100_644, compress: 'text' in file.content };
    zip.addReadStream(body, names.nameOf(file), options);
    // The next file is opened when this one is through.
    await Promise.race([ended(body), failed, sent]);
  }

  try {
    for await (const row of rows) {
      for (const file of filesOf(row)) {
        await add(file);
        if (response.destroyed) return;
      }
    }
    zip.end();
    await Promise.race([sent, failed]);
  } catch (error) {
    context.logger.warn({ err: error }, 'a ZIP of results ended early');
    response.destroy();
  } finally {
    (open as Readable | null)?.destroy();
  }
}

/** null: the file has outlived the team's retention. */
async function bodyOf({ objects }: Pick<Deps, 'objects'>, { content }: ResultFile): Promise<Readable | null> {
  if ('text' in content) return Readable.from([Buffer.from(content.text)], { objectMode: false });
  try {
    return Readable.from((await objects.get(content.asset.key)).body, { objectMode: false });
  } catch (error) {
    if (isAppError(error) && error.code === 'not_found') return null;
    throw error;
  }
}

function ended(stream: Readable): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.once('end', resolve);
    stream.once('error', reject);
    stream.once('close', resolve);
  });
}
