import type { Request, RequestHandler } from 'express';
import { AppError } from '../../domain/errors';
import { decodeText, textFaultMessage } from '../../domain/text-bytes';
import { contentOf, expectReadable, refuseUtf16 } from './body-content';

/** After a refused body, this much more is read and thrown away so that the client gets to see the answer. */
const DRAIN_BYTES = 128 * 1024 * 1024;

/**
 * Refuses a body by its headers alone: to be mounted before authentication.
 * @throws AppError `request_too_large`, `unsupported_media_type`
 */
export function expectJson(maxBytes: number): RequestHandler {
  return (request, _response, next) => {
    const type = request.headers['content-type'];
    if (Number(request.headers['content-length'] ?? 0) > maxBytes) throw tooLarge(request, maxBytes);
    if (type === undefined || !/^application\/(?:[\w.+-]+\+)?json\b/i.test(type)) {
      const given = type === undefined ? 'no content type' : `"${type.slice(0, 100)}"`;
      throw new AppError('unsupported_media_type', `Send JSON with the header Content-Type: application/json; the request has ${given}.`);
    }
    expectReadable(request);
    next();
  };
}

/**
 * Reads a JSON body of at most `maxBytes`, inflated where it came compressed, into `request.body`.
 * @throws AppError `request_too_large`, `invalid_json`, `unsupported_media_type`
 */
export function readJson(maxBytes: number): RequestHandler {
  return (request, _response, next) => {
    const content = contentOf(request, maxBytes, 'invalid_json');
    const chunks: Buffer[] = [];
    let bytes = 0;
    const stop = () => {
      content.off('data', onData);
      content.off('end', onEnd);
      content.off('error', onError);
      request.off('aborted', onAborted);
    };
    const onData = (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > maxBytes) {
        stop();
        if (content !== request) content.destroy();
        next(tooLarge(request, maxBytes));
      } else {
        chunks.push(chunk);
      }
    };
    const onEnd = () => {
      stop();
      try {
        request.body = parse(chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks));
      } catch (error) {
        next(error);
        return;
      }
      next();
    };
    const onError = (error: Error) => {
      stop();
      request.resume();
      next(error);
    };
    const onAborted = () => {
      stop();
      next(new AppError('invalid_json', 'The connection closed before the body was complete.'));
    };
    content.on('data', onData);
    content.on('end', onEnd);
    if (content !== request) content.on('error', onError);
    request.on('aborted', onAborted);
  };
}

function parse(bytes: Buffer): unknown {
  if (bytes.length === 0) throw new AppError('invalid_json', 'The body is empty. Send a JSON object.');
  refuseUtf16(bytes);
  const decoded = decodeText(bytes);
  if ('fault' in decoded) throw new AppError('invalid_json', textFaultMessage(decoded.fault, 'The body'));
  let value: unknown;
  try {
    value = JSON.parse(decoded.text);
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/,? "?\.\.\..*$/s, '').slice(0, 120) : 'not JSON';
    throw new AppError('invalid_json', `The body is not valid JSON: ${reason}. Check quotes, commas and escapes.`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new AppError('invalid_json', 'The body must be a JSON object.');
  }
  return value;
}

/** The error of a body over the cap; the rest of the body is read and thrown away, within reason. */
export function tooLarge(request: Request, maxBytes: number): AppError {
  let drained = 0;
  // A body that is being inflated no longer is: nobody reads the rest.
  request.unpipe();
  request.on('data', (chunk: Buffer) => {
    drained += chunk.length;
    if (drained > DRAIN_BYTES) request.socket.destroy();
  });
  request.resume();
  return new AppError(
    'request_too_large',
    `The body is larger than ${describeBytes(maxBytes)}. Send less, or give files by URL or asset_id.`,
  );
}

function describeBytes(bytes: number): string {
  return bytes >= 1024 * 1024 ? `${String(Math.floor(bytes / 1024 / 1024))} MiB` : `${String(Math.floor(bytes / 1024))} KiB`;
}
