import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { AppError, errorPolicy } from '../../domain/errors';
import { errorBody } from '../errors';

/**
 * Answers what could not be read as a request, which no router ever sees: for the server's event `clientError`.
 * @param newId - makes the request's id
 */
export function answerMalformed(newId: (prefix: string) => string): (error: Error & { readonly code?: string }, socket: Duplex) => void {
  return (error, socket) => {
    if (error.code === 'ECONNRESET' || !socket.writable) {
      socket.destroy();
      return;
    }
    const fault = faultOf(error.code);
    const { status } = errorPolicy(fault.code);
    const requestId = newId('req');
    const body = JSON.stringify(errorBody(fault, requestId));
    const head = [
      `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
      'connection: close',
      'content-type: application/json; charset=utf-8',
      `content-length: ${Buffer.byteLength(body)}`,
      `x-request-id: ${requestId}`,
    ];
    socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
  };
}

/** By the code of Node's parser. */
function faultOf(code: string | undefined): AppError {
  if (code === 'HPE_HEADER_OVERFLOW') {
    return new AppError('request_too_large', 'The request headers exceed 16 KiB in total. Send fewer or shorter ones.');
  }
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') {
    return new AppError('invalid_value', 'The request did not arrive completely in time. Send it again.');
  }
  return new AppError('invalid_value', 'This is not an HTTP request. Is the client using https on a plain http port?');
}
