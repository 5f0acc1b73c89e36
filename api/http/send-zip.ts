import type { Readable } from 'node:stream';
import { finished, pipeline } from 'node:stream/promises';
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

/** Sends files as a ZIP, one after the other: none is in memory as a whole, and none is held on to once it is through. */
export async function sendZip(
  { logger }: Pick<ApiContext, 'logger'>,
  response: Response,
  entries: AsyncIterable<ZipEntry> | Iterable<ZipEntry>,
  mtime: Date,
): Promise<void> {
  const zip = new ZipFile();
  let opened: Readable | null = null;
  const stopped = new AbortController();
  const failed = new Promise<never>((_resolve, reject) => zip.on('error', reject));
  const sent = pipeline(zip.outputStream, response);
  // Who waits for it hears of it; until then a client that went away is no crash.
  for (const end of [failed, sent]) {
    end.catch((error: unknown) => {
      stopped.abort(error);
    });
  }
  // yazl keeps this function for every entry until the end, and with it whatever stream an entry of its own would name: 20 kB a file.
  const openedNow = (take: (error: null, body: Readable) => void): void => {
    if (opened !== null) take(null, opened);
  };

  async function add({ name, open, isText }: ZipEntry): Promise<void> {
    opened = await open();
    if (opened === null) return;
    stopped.signal.throwIfAborted();
    zip.addReadStreamLazy(name, { mtime, mode: 0o100_644, compress: isText }, openedNow);
    // The next file is opened when this one is through.
    await finished(opened, { writable: false, signal: stopped.signal });
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
