import type { IncomingMessage } from 'node:http';
import { PassThrough, type Readable, type Writable } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { AppError, type ErrorCode } from '../../domain/errors';
import { byteOrderMark, isUtf8Label } from '../../domain/text-bytes';

const INFLATERS = { gzip: createGunzip, 'x-gzip': createGunzip, deflate: createInflate, br: createBrotliDecompress } as const;

type Coding = keyof typeof INFLATERS;

/** The Content-Encoding of a body; null: there is none. @throws AppError `unsupported_media_type` */
function codingOf(request: IncomingMessage): Coding | null {
  const given = (request.headers['content-encoding'] ?? '').trim().toLowerCase();
  if (given === '' || given === 'identity') return null;
  if (Object.hasOwn(INFLATERS, given)) return given as Coding;
  throw new AppError(
    'unsupported_media_type',
    `The Content-Encoding "${given.slice(0, 100)}" is not supported. Send the body as gzip, deflate or br, or without compression.`,
  );
}

/**
 * Refuses by its headers a body that can't be read: one in an unknown Content-Encoding, or in a charset that is not UTF-8.
 * @throws AppError `unsupported_media_type`
 */
export function expectReadable(request: IncomingMessage): void {
  codingOf(request);
  const type = request.headers['content-type'] ?? '';
  const charset = /;\s*charset\s*=\s*"?([^";\s]*)/i.exec(type)?.[1];
  if (charset !== undefined && !isUtf8Label(charset)) throw otherEncoding(charset);
}

function otherEncoding(name: string): AppError {
  return new AppError('unsupported_media_type', `The body is in the encoding "${name.slice(0, 100)}". Send it as UTF-8.`);
}

/**
 * A request's body without its compression. The stream fails with an AppError when the compression is broken, or when more than
 * `maxBytes` came in compressed; whoever reads it bounds what comes out.
 * @param whenBroken - code of the error for broken compression
 */
export function contentOf(request: IncomingMessage, maxBytes: number, whenBroken: ErrorCode): Readable {
  const coding = codingOf(request);
  if (coding === null) return request;
  const inflater = INFLATERS[coding]();
  const content = new PassThrough();
  const fail = (error: AppError): void => {
    request.unpipe(inflater);
    inflater.destroy();
    content.destroy(error);
  };
  let bytes = 0;
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > maxBytes) fail(new AppError('request_too_large', 'The compressed body exceeds the limit for uncompressed bodies.'));
  });
  request.on('aborted', () => fail(new AppError(whenBroken, 'The connection closed before the body was complete.')));
  inflater.on('error', () => {
    fail(new AppError(whenBroken, `The body is not valid ${coding}, or ends too early: check the compression and Content-Encoding.`));
  });
  // Whoever reads has its own listener, and may have gone when this fails.
  content.on('error', () => undefined);
  content.on('close', () => {
    request.unpipe(inflater);
    inflater.destroy();
  });
  request.pipe(inflater).pipe(content);
  return content;
}

/**
 * Refuses JSON that is plainly UTF-16: it begins with an ASCII character, so a NUL beside it, or the byte order mark, tells.
 * @param head - the first bytes of the body
 * @throws AppError `unsupported_media_type`
 */
export function refuseUtf16(head: Uint8Array): void {
  const mark = byteOrderMark(head)?.encoding;
  if (mark !== undefined && mark !== 'utf-8') throw otherEncoding(mark);
  if (head.length < 2) return;
  if (head[0] !== 0 && head[1] === 0) throw otherEncoding('utf-16le');
  if (head[0] === 0 && head[1] !== 0) throw otherEncoding('utf-16be');
}

/** Feeds a body to a parser, each piece to `count` as well. @returns ends it: nothing further reaches either */
export function feed(content: Readable, request: IncomingMessage, parser: Writable, count: (chunk: Buffer) => void): () => void {
  content.on('data', count);
  content.pipe(parser);
  return () => {
    content.off('data', count);
    content.unpipe(parser);
    if (content !== request) content.destroy();
  };
}
