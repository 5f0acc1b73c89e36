import type { Request, RequestHandler, Response } from 'express';
import type { ExchangeWatch } from '../../domain/records/bodies';
import type { ApiContext } from '../deps';
import { billedCaller, callIdOf, localsOf } from '../http/context';

/**
 * Watches the answers of teams that want the bodies of their calls kept, for the keeper to store them once the answer is out. For other teams
 * it does nothing. Behind `authenticate`, before the body is read.
 */
export function keepBodies({ bodyKeeper }: Pick<ApiContext, 'bodyKeeper'>): RequestHandler {
  return (request, response, next) => {
    const caller = billedCaller(response);
    if (caller === null || caller.logBodies === null) {
      next();
      return;
    }
    const watch = bodyKeeper.watch({ callId: callIdOf(response), teamId: caller.teamId, policy: caller.logBodies });
    if (watch !== null) follow(request, response, watch);
    next();
  };
}

function follow(request: Request, response: Response, watch: ExchangeWatch): void {
  const note = ([piece, encoding]: readonly unknown[]): void => {
    if (piece instanceof Uint8Array) watch.answered(piece);
    else if (typeof piece === 'string')
      watch.answered(typeof encoding === 'string' ? Buffer.from(piece, encoding as BufferEncoding) : piece);
  };
  const write = response.write.bind(response) as (...given: unknown[]) => boolean;
  const end = response.end.bind(response) as (...given: unknown[]) => Response;
  response.write = ((...given: unknown[]) => {
    note(given);
    return write(...given);
  }) as Response['write'];
  response.end = ((...given: unknown[]) => {
    note(given);
    return end(...given);
  }) as Response['end'];
  response.once('close', () => {
    const { call, form } = localsOf(response);
    // What names no model is not in the log.
    if (call === undefined || (call.model ?? call.template) === null) {
      watch.discard();
      return;
    }
    watch.end({
      request: {
        contentType: request.headers['content-type'] ?? null,
        body: form?.fields ?? (request.body as unknown),
        ...(form === undefined ? {} : { files: form.files }),
      },
      response: {
        status: response.statusCode,
        contentType: textOf(response.getHeader('content-type')),
        isComplete: response.writableFinished,
      },
    });
  });
}

function textOf(header: number | string | readonly string[] | undefined): string | null {
  return typeof header === 'string' ? header : null;
}
