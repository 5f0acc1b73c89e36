import type { Readable } from 'node:stream';
import type { RequestHandler } from 'express';
import { AppError } from '../../domain/errors';
import { decodeText, textFaultMessage } from '../../domain/text-bytes';
import { contentOf, expectReadable } from './body-content';
import { discardRest } from './discard-rest';
import { heldBy } from './held';
import { tooLarge } from './json-body';

/** What a body of text may be. */
interface TextOptions {
  readonly types: RegExp;
  /** What to send, in words: "YAML with the header Content-Type: application/yaml". */
  readonly expected: string;
}

/**
 * A body of text of at most so many bytes, in UTF-8: refused by its headers before the caller is known, read into `request.body` afterwards.
 * @throws AppError `request_too_large`, `unsupported_media_type`, `invalid_value`
 */
export function readText(
  maxBytes: number,
  { types, expected }: TextOptions,
): { readonly first: RequestHandler; readonly then: readonly RequestHandler[] } {
  const first: RequestHandler = (request, _response, next) => {
    const type = request.headers['content-type'];
    if (Number(request.headers['content-length'] ?? 0) > maxBytes) throw tooLarge(request, maxBytes);
    if (type === undefined || !types.test(type)) {
      const given = type === undefined ? 'no content type' : `"${type.slice(0, 100)}"`;
      throw new AppError('unsupported_media_type', `Send ${expected}; the request has ${given}.`);
    }
    expectReadable(request);
    next();
  };
  const read: RequestHandler = async (request, response, next) => {
    const holding = heldBy(response);
    const content: Readable = contentOf(request, maxBytes, 'invalid_value');
    const chunks: Buffer[] = [];
    let bytes = 0;
    try {
      // Not destroyed at a fault: the client is to read the answer.
      for await (const chunk of content.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
        bytes += chunk.length;
        if (bytes > maxBytes) throw tooLarge(request, maxBytes);
        holding.hold(chunk.length);
        chunks.push(chunk);
      }
    } catch (error) {
      discardRest(request);
      throw request.readableAborted ? new AppError('invalid_value', 'The connection closed before the body was complete.') : error;
    }
    const decoded = decodeText(Buffer.concat(chunks));
    if ('fault' in decoded) throw new AppError('invalid_value', textFaultMessage(decoded.fault, 'The body'));
    request.body = decoded.text;
    next();
  };
  return { first, then: [read] };
}
