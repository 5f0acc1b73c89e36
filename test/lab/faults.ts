import type { ServerResponse } from 'node:http';
import { body, headersOf, send } from './send';
import type { LabAnswer, LabRequest, LabVendor } from './vendor';

/**
 * How a paid call fails. Asked for by `[lab:NAME]` anywhere in the body (a prompt reaches every vendor), by a header `x-lab-fault`, or by
 * `Lab.arm`. `accepted_` ones carry the call out and lose the answer. Others than these are imitated by the vendor's server itself.
 */
export const HTTP_FAULTS = [
  'refuse', // 400
  'auth', // 401
  'billing', // 402
  'not_found', // 404
  'rate_limit', // 429 without a word when to come again
  'rate_limit_seconds', // 429, retry-after: 1
  'rate_limit_ms', // 429, retry-after-ms: 50
  'rate_limit_date', // 429, retry-after: an HTTP date
  'overloaded', // 503
  'error_500', // 500, nothing was carried out
  'accepted_500', // 500, it was carried out
  'accepted_cut', // carried out, the connection closes without an answer
  'cut_before', // the connection closes, nothing was carried out
  'cut_in_body', // half of the answer, then the connection closes
  'hang', // no answer, ever
  'accepted_hang', // carried out, no answer, ever
  'drip', // the answer a few bytes at a time
  'malformed', // 200, half of a JSON text, properly ended
  'wrong_type', // 200, a page of HTML
  'empty', // 200 without a body
] as const;
export type HttpFault = (typeof HTTP_FAULTS)[number];
/** One of HTTP_FAULTS, or a name that the vendor's server knows. */
export type Fault = string;

/** The fault a request asks for itself. */
export function faultIn(request: LabRequest): Fault | null {
  const header = request.headers['x-lab-fault'];
  if (typeof header === 'string') return header;
  return /\[lab:([\w.-]+)\]/.exec(request.body.toString('latin1'))?.[1] ?? null;
}

export function armedFault(armed: Map<string, Fault[]>, kind: string): Fault | null {
  return armed.get(kind)?.shift() ?? null;
}

interface Scene {
  readonly vendor: LabVendor;
  readonly response: ServerResponse;
  /** Carries the call out. */
  readonly answer: () => Promise<LabAnswer>;
}

const STATUSES: Readonly<Record<string, number>> = {
  refuse: 400,
  auth: 401,
  billing: 402,
  not_found: 404,
  rate_limit: 429,
  rate_limit_seconds: 429,
  rate_limit_ms: 429,
  rate_limit_date: 429,
  overloaded: 503,
  error_500: 500,
  accepted_500: 500,
};

/** Fails in a way of HTTP_FAULTS. @throws RangeError for a name that is none of them */
export async function misbehave(fault: Fault, { vendor, response, answer }: Scene): Promise<void> {
  if (fault.startsWith('accepted_')) await answer();
  const status = STATUSES[fault];
  if (status !== undefined) {
    const refusal = vendor.refuse(status, `The lab was asked for ${fault}.`);
    send(response, { ...refusal, headers: { ...refusal.headers, ...retryAfter(fault) } });
    return;
  }
  switch (fault) {
    case 'accepted_cut':
    case 'cut_before':
      response.destroy();
      return;
    case 'hang':
    case 'accepted_hang':
      return;
    case 'cut_in_body': {
      const whole = await answer();
      const bytes = body(whole);
      response.writeHead(whole.status ?? 200, { ...headersOf(whole), 'content-length': String(bytes.length) });
      response.write(bytes.subarray(0, Math.ceil(bytes.length / 2)), () => response.destroy());
      return;
    }
    case 'drip': {
      const whole = await answer();
      drip(response, whole, body(whole));
      return;
    }
    case 'malformed': {
      const whole = await answer();
      const bytes = body(whole);
      send(response, {
        status: 200,
        headers: { 'content-type': 'application/json' },
        bytes: bytes.subarray(0, Math.ceil(bytes.length / 2)),
      });
      return;
    }
    case 'wrong_type':
      send(response, { headers: { 'content-type': 'text/html; charset=utf-8' }, text: '<!doctype html><title>Lab</title><p>Sign in' });
      return;
    case 'empty':
      send(response, { headers: { 'content-type': 'application/json' }, text: '' });
      return;
    default:
      throw new RangeError(`There is no fault ${JSON.stringify(fault)}; there are ${HTTP_FAULTS.join(', ')}, and those of the vendor.`);
  }
}

function retryAfter(fault: Fault): Record<string, string> {
  if (fault === 'rate_limit_seconds') return { 'retry-after': '1' };
  if (fault === 'rate_limit_ms') return { 'retry-after-ms': '50' };
  return fault === 'rate_limit_date' ? { 'retry-after': new Date(Date.now() + 2_000).toUTCString() } : {};
}

/** In some forty pieces over two seconds. */
function drip(response: ServerResponse, whole: LabAnswer, bytes: Buffer): void {
  const size = Math.max(1, Math.ceil(bytes.length / 40));
  response.writeHead(whole.status ?? 200, headersOf(whole));
  let at = 0;
  const timer = setInterval(() => {
    if (at >= bytes.length || response.destroyed) {
      clearInterval(timer);
      response.end();
      return;
    }
    response.write(bytes.subarray(at, at + size));
    at += size;
  }, 50);
}
