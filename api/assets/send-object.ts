import { create as contentDisposition } from 'content-disposition';
import type { Request, Response } from 'express';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { isAppError } from '../../domain/errors';
import type { StoredObject } from '../../domain/storage';
import type { ApiContext } from '../deps';
import { matchesEtag } from '../http/request-headers';
import { setProcessingTime } from '../http/send';

/** A stored file to answer with. */
export interface FileToSend {
  readonly key: string;
  /** Size of the whole; null: not known before it is read. */
  readonly bytes: number | null;
  /** Of the content, hex, or what else tells the content: its ETag; null: no ETag. */
  readonly sha256: string | null;
  readonly contentType: string;
  /** For the browser's "save as". */
  readonly filename: string;
  /** It is saved, never shown. */
  readonly isDownload?: boolean;
}

/** Whoever has the id may keep the bytes, for these never change; after an hour it is asked whether the file is still there. */
const KEPT = 'private, max-age=3600, immutable';

/**
 * Answers GET and HEAD with a stored file as a stream, whole or by `Range`.
 * @throws AppError `not_found`, `range_not_satisfiable`
 */
export async function sendObject(
  context: Pick<ApiContext, 'objects'>,
  request: Request,
  response: Response,
  file: FileToSend,
): Promise<void> {
  const etag = file.sha256 === null ? null : `"${file.sha256}"`;
  setFileHeaders(response, etag);
  response.setHeader('accept-ranges', 'bytes');
  if (isUnchanged(request, response, etag)) return;
  await stream(request, response, await open(context, request, response, file, etag), file);
}

/** Answers GET and HEAD with all of an object that was opened for it, whose type was not known before. */
export async function sendOpened(
  request: Request,
  response: Response,
  object: StoredObject,
  file: Pick<FileToSend, 'filename' | 'contentType'>,
): Promise<void> {
  setFileHeaders(response, null);
  await stream(request, response, object, file);
}

async function stream(
  request: Request,
  response: Response,
  object: StoredObject,
  file: Pick<FileToSend, 'filename' | 'contentType' | 'isDownload'>,
): Promise<void> {
  setProcessingTime(response);
  response.statusCode = object.contentRange === null ? 200 : 206;
  response.setHeader('content-type', file.contentType);
  response.setHeader('content-length', object.bytes);
  response.setHeader('content-disposition', dispositionOf(file));
  if (object.contentRange !== null) response.setHeader('content-range', object.contentRange);
  const body = Readable.from(object.body, { objectMode: false });
  if (request.method === 'HEAD') {
    body.destroy();
    response.end();
    return;
  }
  // A client that leaves early, or a body that breaks, ends the connection: the length tells the client that it is not whole.
  await pipeline(body, response).catch(() => response.destroy());
}

/** Answers GET and HEAD with what is made of a stored file now. @param view - what tells it from other views: "w640" */
export async function sendView(
  request: Request,
  response: Response,
  file: Omit<FileToSend, 'key' | 'bytes'> & { readonly view: string },
  make: () => Promise<Uint8Array>,
): Promise<void> {
  const etag = file.sha256 === null ? null : `"${file.sha256}-${file.view}"`;
  setFileHeaders(response, etag);
  if (isUnchanged(request, response, etag)) return;
  const bytes = await make();
  setProcessingTime(response);
  response.statusCode = 200;
  response.setHeader('content-type', file.contentType);
  response.setHeader('content-length', bytes.byteLength);
  response.setHeader('content-disposition', dispositionOf(file));
  response.end(request.method === 'HEAD' ? undefined : bytes);
}

function setFileHeaders(response: Response, etag: string | null): void {
  if (etag !== null) response.setHeader('etag', etag);
  response.setHeader('cache-control', KEPT);
  response.setHeader('x-content-type-options', 'nosniff');
  // Whatever the file is, nothing of it runs and nothing is loaded from it.
  response.setHeader('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; media-src 'self'; sandbox");
}

/** Answers 304 where the client has the file as it is. */
function isUnchanged(request: Request, response: Response, etag: string | null): boolean {
  if (etag === null || !matchesEtag(request.headers['if-none-match'], etag)) return false;
  response.statusCode = 304;
  response.end();
  return true;
}

/** How a browser treats the file, and its name; always in quotes, as not every client reads a bare one. */
export function dispositionOf({ filename, contentType, isDownload }: Pick<FileToSend, 'filename' | 'contentType' | 'isDownload'>): string {
  const header = contentDisposition(filename, { type: isDownload !== true && isShown(contentType) ? 'inline' : 'attachment' });
  return header.replace(/filename=([^";]+)/, 'filename="$1"');
}

/** Types that a browser shows without running anything of them; all else (SVG, what is not known) is a download. */
export function isShown(contentType: string): boolean {
  return /^(image|video|audio)\/[a-z0-9.+-]+$/.test(contentType) && !contentType.includes('xml');
}

async function open(
  { objects }: Pick<ApiContext, 'objects'>,
  request: Request,
  response: Response,
  file: FileToSend,
  etag: string | null,
): Promise<StoredObject> {
  try {
    return await objects.get(file.key, rangeOf(request, etag));
  } catch (error) {
    if (isAppError(error) && error.code === 'range_not_satisfiable' && file.bytes !== null) {
      response.setHeader('content-range', `bytes */${file.bytes}`);
    }
    throw error;
  }
}

/** One range of bytes; several at once, other units and a range of another version are answered with the whole, as HTTP allows. */
function rangeOf(request: Request, etag: string | null): string | undefined {
  const { range } = request.headers;
  const ifRange = request.headers['if-range'];
  if (range === undefined || !/^bytes=(\d+-\d*|-\d+)$/.test(range)) return undefined;
  return ifRange === undefined || ifRange === etag ? range : undefined;
}
