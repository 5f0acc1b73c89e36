import type { RequestHandler } from 'express';
import { withLogFields } from '../../lib/log-context';
import { setRequest } from '../http/context';

/**
 * Gives every answer its `x-request-id`. A client's own `X-Client-Request-Id` is said back when it is sane. While the process drains,
 * an answer ends its connection: the next request then comes on a new one, to a process that stays.
 */
export function requestContext(newId: (prefix: string) => string, draining: AbortSignal): RequestHandler {
  return (request, response, next) => {
    const requestId = newId('req');
    setRequest(response, requestId, performance.now());
    response.setHeader('x-request-id', requestId);
    if (draining.aborted) response.setHeader('connection', 'close');
    response.setHeader('openai-version', '2020-10-01');
    const clientId = request.headers['x-client-request-id'];
    if (typeof clientId === 'string' && /^[\x21-\x7e]{1,512}$/.test(clientId)) response.setHeader('x-client-request-id', clientId);
    // Fields that the handlers add belong to the lines of this request alone.
    withLogFields({ request_id: requestId }, next);
  };
}
