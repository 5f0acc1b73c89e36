import type { RequestHandler } from 'express';
import { AppError } from '../../domain/errors';

/** The last handler of a path: any other method is 405 with `Allow`. What answers GET answers HEAD. */
export function allowOnly(...methods: readonly string[]): RequestHandler {
  const allow = [...new Set(methods.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method]))), 'OPTIONS'].join(', ');
  return (request, response) => {
    response.setHeader('allow', allow);
    if (request.method === 'OPTIONS') {
      response.statusCode = 204;
      response.end();
      return;
    }
    throw new AppError('method_not_allowed', `${request.method} is not allowed here. Allowed: ${methods.join(', ')}.`);
  };
}
