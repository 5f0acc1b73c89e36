import { AppError, type ErrorCode } from '../../../domain/errors';
import type { HttpAnswer } from './exchange';
import { isObject, parseJson, textOf, type JsonObject } from './json';
import { redact } from './redact';
import { retryAfterMs } from './retry-after';
import type { Effect } from './transport-error';

/** A provider's own words about a failure. */
export interface ProviderFault {
  /** A status given inside the body. */
  readonly status: number | null;
  readonly codes: readonly string[];
  readonly message: string;
  readonly param?: string | undefined;
}

const CONTENT_POLICY = new Set(['moderation_blocked', 'content_policy_violation', 'content_filter', 'responsible_ai_policy_violation']);
const CONTEXT_LENGTH = new Set(['context_length_exceeded']);
const BILLING = new Set([
  'insufficient_quota',
  'credit_balance_exhausted',
  'billing_hard_limit_reached',
  'organization_spend_limit_exceeded',
  'project_spend_limit_exceeded',
  'organization_usage_limit_exceeded',
]);
const AUTH = new Set(['invalid_api_key', 'authentication_error', 'permission_error']);
const RATE = new Set(['rate_limit_exceeded', 'rate_limit_error', 'slow_down']);
/** Of a gateway that gave up waiting for the server behind it. */
const GATEWAY_TIMEOUTS = new Set([504, 524]);

/** Our code for a provider's failure, by its status and its own codes, never by its message. */
export function codeOfFault(status: number, codes: readonly string[], effect: Effect): ErrorCode {
  const has = (known: ReadonlySet<string>): boolean => codes.some((code) => known.has(code));
  if (has(CONTENT_POLICY)) return 'content_policy_violation';
  if (has(CONTEXT_LENGTH)) return 'context_length_exceeded';
  if (status === 401 || status === 402 || status === 403 || has(BILLING)) return 'provider_auth';
  if (status === 404) return 'provider_not_found';
  if (status === 429) return 'rate_limited';
  if (GATEWAY_TIMEOUTS.has(status) && effect === 'paid') return 'outcome_unknown';
  if (status === 408 || status === 425 || status >= 500) return 'provider_unavailable';
  if (status >= 400) return 'provider_rejected';
  return 'provider_bad_response';
}

/** The same for an error without a status: in a stream, or of a job that failed. */
export function codeOfLateFault(codes: readonly string[]): ErrorCode {
  if (codes.some((code) => RATE.has(code))) return 'rate_limited';
  if (codes.some((code) => AUTH.has(code))) return 'provider_auth';
  if (codes.some((code) => code.startsWith('invalid_'))) return 'provider_rejected';
  return codeOfFault(500, codes, 'repeatable');
}

/** A body tells of an error: its field `error` says something. `null`, `false`, `""`, `{}` and an object of such are no error. */
export function hasFault(body: JsonObject): boolean {
  return saysSomething(body['error']);
}

function saysSomething(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return Boolean(value);
  return Object.values(value).some(saysSomething);
}

/**
 * Reads the usual shapes of an error's body: `{error:{message,type,param,code}}`, `{error:"..."}`, `{message,code}`,
 * `{detail:"..."}`, `{detail:[{loc,msg}]}`.
 */
export function readFault(body: unknown): ProviderFault {
  const outer = isObject(body) ? body : {};
  const error = isObject(outer['error']) ? outer['error'] : outer;
  const inner = isObject(error['innererror']) ? error['innererror'] : {};
  const codes = [error['code'], error['type'], inner['code']].filter((code): code is string => typeof code === 'string' && code !== '');
  const status = typeof error['code'] === 'number' && error['code'] >= 400 && error['code'] <= 599 ? error['code'] : null;
  const message = textOf(error['message']) ?? textOf(outer['error']) ?? detailOf(outer['detail']) ?? '';
  return { status, codes, message, param: textOf(error['param']) };
}

/** Servers built on FastAPI name each field with what is wrong with it. */
function detailOf(detail: unknown): string | undefined {
  if (!Array.isArray(detail)) return textOf(detail);
  const lines = detail.filter(isObject).map(({ loc, msg }) => `${Array.isArray(loc) ? loc.join('.') : ''}: ${textOf(msg) ?? ''}`);
  return lines.length === 0 ? undefined : lines.join('; ');
}

/** The error of an answer whose status says that it failed. */
export function errorOfAnswer(answer: HttpAnswer, providerName: string, effect: Effect, secrets: readonly string[]): AppError {
  const fault = readFault(parseJson(answer.body));
  const wait = retryAfterMs(answer.headers, Date.now());
  return toError(
    codeOfFault(answer.status, fault.codes, effect),
    fault,
    `Provider ${providerName} answered ${answer.status}`,
    secrets,
    wait,
  );
}

/** The error of a fault that came inside a successful answer: in a stream or as a failed job. */
export function errorOfLateFault(fault: ProviderFault, what: string, secrets: readonly string[]): AppError {
  const code = fault.status !== null ? codeOfFault(fault.status, fault.codes, 'repeatable') : codeOfLateFault(fault.codes);
  return toError(code, fault, what, secrets, undefined);
}

function toError(code: ErrorCode, fault: ProviderFault, what: string, secrets: readonly string[], wait: number | undefined): AppError {
  const message = redact(fault.message, secrets);
  const providerCode = fault.codes[0];
  return new AppError(code, message === '' ? `${what}.` : `${what}: ${message}`, {
    ...(wait === undefined ? {} : { retryAfterMs: wait }),
    ...(providerCode === undefined ? {} : { providerCode: redact(providerCode, secrets) }),
    ...(message === '' ? {} : { providerMessage: message }),
    ...(fault.param === undefined || code !== 'provider_rejected' ? {} : { param: redact(fault.param, secrets) }),
  });
}
