import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Response } from 'express';
import { ZipFile } from 'yazl';
import type { ApiContext } from '../deps';

/** A file of a ZIP. */
export interface ZipEntry {
  readonly name: string;
  /** Opens it once its turn has come; null: it is not there any more, and left out. */
  readonly open: () => Promise<Readable | null>;
  /** Media are not compressed again. */
  readonly isText: boolean;
}

/** Sends files as a ZIP, one after the other: none is in memory as a whole. */
export async function sendZip(
  { logger }: Pick<ApiContext, 'logger'>,
  response: Response,
  entries: AsyncIterable<ZipEntry> | Iterable<ZipEntry>,
  mtime: Date,
): Promise<void> {
  const zip = new ZipFile();
  let opened: Readable | null = null;
  const failed = new Promise<never>((_resolve, reject) => zip.on('error', reject));
  const sent = pipeline(zip.outputStream, response);
  // Who waits for it hears of it; until then a client that went away is no crash.
  sent.catch(() => undefined);
  failed.catch(() => undefined);

  async function add({ name, open, isText }: ZipEntry): Promise<void> {
    const body = await open();
    if (body === null) return;
    opened = body;
    zip.addReadStream(body, name, { mtime, mode: 0o100_644, compress: isText });
    // The next file is opened when this one is through.
    await Promise.race([ended(body), failed, sent]);
  }

  try {
    for await (const entry of entries) {
      await add(entry);
      if (response.destroyed) return;
    }
    zip.end();
    await Promise.race([sent, failed]);
  } catch (error) {
    logger.warn({ err: error }, 'a ZIP ended early');
    response.destroy();
  } finally {
    (opened as Readable | null)?.destroy();
  }
}

function ended(stream: Readable): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.once('end', resolve);
    stream.once('error', reject);
    stream.once('close', resolve);
  });
}
