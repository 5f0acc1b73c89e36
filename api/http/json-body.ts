import { AsyncResource } from 'node:async_hooks';
import type { NextFunction, Request, RequestHandler, Response } from 'express';
import { AppError } from '../../domain/errors';
import { readJsonExactly } from '../../domain/large-integers';
import { decodeText, textFaultMessage } from '../../domain/text-bytes';
import { discardRest } from './discard-rest';
import { contentOf, expectReadable, refuseUtf16 } from './body-content';
import { heldBy } from './held';

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

/** `keepsIntegers`: whole numbers beyond 2^53 come as marked texts, see domain/large-integers. */
export interface JsonOptions {
  readonly keepsIntegers?: boolean;
}

/**
 * Reads a JSON body of at most `maxBytes`, inflated where it came compressed, into `request.body`, once the process and the team have room for
 * it. Behind `authenticate`.
 * @throws AppError `request_too_large`, `invalid_json`, `unsupported_media_type`, `rate_limit_exceeded`
 */
export function readJson(maxBytes: number, options: JsonOptions = {}): RequestHandler {
  return (request, response, next) => {
    // The end of a body is an event of its connection, which may carry the context of the request before: log lines and spans would be its.
    const scope = new AsyncResource('JSON_BODY');
    const go: NextFunction = (error?: unknown) => {
      scope.runInAsyncScope(next, null, error);
    };
    whenThereIsRoom(request, response, maxBytes, go, (holdUpTo) => {
      collect(request, { maxBytes, holdUpTo, options }, go);
    });
  };
}

function collect(
  request: Request,
  { maxBytes, holdUpTo, options }: { readonly maxBytes: number; readonly holdUpTo: (bytes: number) => void; readonly options: JsonOptions },
  next: NextFunction,
): void {
  const content = contentOf(request, maxBytes, 'invalid_json');
  const chunks: Buffer[] = [];
  let bytes = 0;
  const stop = () => {
    content.off('data', onData);
    content.off('end', onEnd);
    content.off('error', onError);
    request.off('aborted', onAborted);
  };
  const give = (error: unknown) => {
    stop();
    if (content !== request) content.destroy();
    next(error);
  };
  const onData = (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > maxBytes) {
      give(tooLarge(request, maxBytes));
      return;
    }
    try {
      holdUpTo(bytes);
      chunks.push(chunk);
    } catch (error) {
      give(error);
      discardRest(request);
    }
  };
  const onEnd = () => {
    stop();
    try {
      request.body = parse(chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks), options);
    } catch (error) {
      next(error);
      return;
    }
    next();
  };
  const onError = (error: Error) => {
    stop();
    discardRest(request);
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
}

/**
 * Begins to read once there is room for the body as its header announces it; until then it stays with the client. Bytes that were not announced
 * (chunked, or more than they seemed) are counted as they come, by `holdUpTo`.
 */
function whenThereIsRoom(
  request: Request,
  response: Response,
  maxBytes: number,
  next: NextFunction,
  read: (holdUpTo: (bytes: number) => void) => void,
): void {
  const holding = heldBy(response);
  let held = Math.min(maxBytes, Number(request.headers['content-length'] ?? 0));
  const begin = () => {
    read((bytes) => {
      if (bytes <= held) return;
      holding.hold(bytes - held);
      held = bytes;
    });
  };
  const room = holding.room(held);
  if (room === null) {
    begin();
    return;
  }
  room.then(begin, (error: unknown) => {
    discardRest(request);
    next(error);
  });
}

function parse(bytes: Buffer, options: JsonOptions): unknown {
  if (bytes.length === 0) throw new AppError('invalid_json', 'The body is empty. Send a JSON object.');
  refuseUtf16(bytes);
  const decoded = decodeText(bytes);
  if ('fault' in decoded) throw new AppError('invalid_json', textFaultMessage(decoded.fault, 'The body'));
  let value: unknown;
  try {
    value = options.keepsIntegers === true ? readJsonExactly(decoded.text) : JSON.parse(decoded.text);
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
  discardRest(request);
  return new AppError(
    'request_too_large',
    `The body is larger than ${describeBytes(maxBytes)}. Send less, or give files by URL or asset_id.`,
  );
}

function describeBytes(bytes: number): string {
  return bytes >= 1024 * 1024 ? `${String(Math.floor(bytes / 1024 / 1024))} MiB` : `${String(Math.floor(bytes / 1024))} KiB`;
}
