import { request, type Agent, type Dispatcher } from 'undici';
import { AppError } from '../../domain/errors';
import type { Egress } from '../../domain/storage';
import { closeConnection, openConnection } from './connection';
import { findDestination, type Destination, type EgressRules } from './destination';
import { callFailed } from './failure';

type GetOptions = Parameters<Egress['fetch']>[1];

const MAX_REDIRECTS = 3;
/** Statuses of the 400s that are about the moment, not about the link: a time-out, a conflict, too early, too many. */
const PASSING = [408, 409, 421, 423, 425, 429];
const PERMANENT = { isPermanent: true } as const;
const REDIRECTS = [301, 302, 303, 307, 308];

/** Fetches a file. Each redirect is a URL from outside of its own: read, resolved, checked and pinned anew. */
export async function getOutside(text: string, options: GetOptions, rules: EgressRules): ReturnType<Egress['fetch']> {
  const deadline = AbortSignal.timeout(options.timeoutMs);
  const signal = options.signal === undefined ? deadline : AbortSignal.any([deadline, options.signal]);
  let next = text;
  for (let hops = 0; hops <= MAX_REDIRECTS; hops += 1) {
    const destination = await findDestination(next, rules);
    const { answer, connection } = await open(destination, options, signal);
    const location = REDIRECTS.includes(answer.statusCode) ? answer.headers['location'] : undefined;
    if (location === undefined) {
      return accept(destination, answer, connection, options);
    }
    discard(answer, connection);
    if (typeof location !== 'string' || !URL.canParse(location, destination.url.href)) {
      throw new AppError('input_fetch_failed', `${destination.url.host} redirects to an invalid URL.`, PERMANENT);
    }
    next = new URL(location, destination.url).href;
  }
  throw new AppError('input_fetch_failed', `The URL redirects more than ${MAX_REDIRECTS} times.`, PERMANENT);
}

async function open(
  destination: Destination,
  options: GetOptions,
  signal: AbortSignal,
): Promise<{ answer: Dispatcher.ResponseData; connection: Agent }> {
  const connection = openConnection(destination, options.timeoutMs);
  try {
    const headers = { accept: '*/*', 'accept-encoding': 'identity', 'user-agent': 'Atelier' };
    return { answer: await request(destination.url, { dispatcher: connection, signal, headers }), connection };
  } catch (error) {
    closeConnection(connection);
    throw callFailed(destination.url.host, error);
  }
}

function accept(destination: Destination, answer: Dispatcher.ResponseData, connection: Agent, options: GetOptions) {
  const host = destination.url.host;
  const fault = answerFault(host, answer, options.maxBytes);
  if (fault !== null) {
    discard(answer, connection);
    throw fault;
  }
  const contentType = answer.headers['content-type'];
  return {
    body: capped(host, answer, connection, options.maxBytes),
    contentType: typeof contentType === 'string' ? contentType : null,
  };
}

function answerFault(host: string, answer: Dispatcher.ResponseData, maxBytes: number): AppError | null {
  if (answer.statusCode < 200 || answer.statusCode > 299) {
    const facts = isRefusal(answer.statusCode) ? PERMANENT : {};
    return new AppError('input_fetch_failed', `${host} answered with status ${answer.statusCode}.`, facts);
  }
  // Identity was asked for: what is packed all the same could unpack to any size.
  const encoding = answer.headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') {
    return new AppError('input_fetch_failed', `${host} answered with a compressed body, which was not requested.`, PERMANENT);
  }
  return Number(answer.headers['content-length'] ?? 0) > maxBytes ? tooLarge(host, maxBytes) : null;
}

async function* capped(host: string, answer: Dispatcher.ResponseData, connection: Agent, maxBytes: number): AsyncIterable<Uint8Array> {
  let received = 0;
  try {
    for await (const chunk of answer.body as AsyncIterable<Uint8Array>) {
      received += chunk.byteLength;
      if (received > maxBytes) {
        throw tooLarge(host, maxBytes);
      }
      yield chunk;
    }
  } catch (error) {
    throw callFailed(host, error);
  } finally {
    closeConnection(connection);
  }
}

function tooLarge(host: string, maxBytes: number): AppError {
  return new AppError('input_fetch_failed', `The file at ${host} is larger than the limit of ${maxBytes} bytes.`, PERMANENT);
}

/** A status that a repeat would get again: the link is wrong, forbidden or over. */
function isRefusal(status: number): boolean {
  return status >= 400 && status < 500 && !PASSING.includes(status);
}

function discard(answer: Dispatcher.ResponseData, connection: Agent): void {
  answer.body.on('error', () => undefined).destroy();
  closeConnection(connection);
}
