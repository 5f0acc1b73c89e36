import { AppError, type ErrorCode } from '../../../domain/errors';
import type { HttpAnswer } from './exchange';
import { redact } from '../../../domain/redact';
import { isObject, parseJson, textOf, type JsonObject } from './json';
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

/** Codes by their kind, whatever their case. They are matched by their parts: every provider spells them in its own way. */
const CONTENT_POLICY = /moderat|content_?policy|content_?filter|policy_violation|safety|nsfw|sensitive|prohibited|data_?inspection/i;
const CONTEXT_LENGTH = /context_(length|window)_?exceeded|contextwindowexceeded|exceed_context_size|max_prompt_tokens_exceeded/i;
const BILLING =
  /insufficient_?(quota|balance|credit|fund)|quota_exceeded|credit_balance|billing|payment_required|spend_limit|usage_limit|arrearage/i;
const AUTH = /invalid_api_key|authentication|unauthori[sz]ed|permission|access_?denied|^forbidden$/i;
const RATE = /rate_?limit|too_?many_?requests|throttl|slow_down|resource_?exhausted/i;
const INVALID = /^invalid|^unsupported|^bad_?request|^validation/i;
/** Of a gateway that gave up waiting for the server behind it. */
const GATEWAY_TIMEOUTS = new Set([504, 524]);

/** Our code for a provider's failure, by its status and its own codes, never by its message. */
export function codeOfFault(status: number, codes: readonly string[], effect: Effect): ErrorCode {
  const has = (kind: RegExp): boolean => codes.some((code) => kind.test(code));
  if (has(CONTENT_POLICY)) return 'content_policy_violation';
  if (has(CONTEXT_LENGTH)) return 'context_length_exceeded';
  if (status === 401 || status === 402 || status === 403 || has(BILLING)) return 'provider_auth';
  if (status === 404) return 'provider_not_found';
  // A request larger than the tokens of a minute is 413 at some.
  if (status === 429 || (status === 413 && has(RATE))) return 'rate_limited';
  if (GATEWAY_TIMEOUTS.has(status) && effect === 'paid') return 'outcome_unknown';
  if (status === 408 || status === 425 || status >= 500) return 'provider_unavailable';
  if (status >= 400) return 'provider_rejected';
  return 'provider_bad_response';
}

/** Servers that answer so have not begun; any other 5xx may come after the work was begun. */
const REFUSALS = new Set([503, 529]);

/** A status that proves that the call was not carried out. */
export function isRefusal(status: number): boolean {
  return (status >= 400 && status < 500) || REFUSALS.has(status);
}

/** The same error, with the proof that nothing was bought. */
export function unpaid(error: AppError): AppError {
  if (error.code !== 'provider_unavailable') return error;
  return new AppError(error.code, error.message, { ...error.facts, isUnpaid: true }, error.cause);
}

/** The same for an error inside a successful answer: in a stream, or of a job that failed. A status may stand in the body. */
export function codeOfLateFault({ status, codes }: ProviderFault): ErrorCode {
  if (status !== null) return codeOfFault(status, codes, 'repeatable');
  const certain = codeOfFault(500, codes, 'repeatable');
  if (certain !== 'provider_unavailable') return certain;
  const has = (kind: RegExp): boolean => codes.some((code) => kind.test(code));
  if (has(RATE)) return 'rate_limited';
  if (has(AUTH)) return 'provider_auth';
  return has(INVALID) ? 'provider_rejected' : 'provider_unavailable';
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
  // Gemini's compatible server puts the object into a list.
  const first: unknown = Array.isArray(body) ? body[0] : body;
  const outer = isObject(first) ? first : {};
  const error = isObject(outer['error']) ? outer['error'] : outer;
  const inner = isObject(error['innererror']) ? error['innererror'] : {};
  // Anthropic's finer code.
  const details = isObject(error['details']) ? error['details'] : {};
  const codes = [error['code'], error['type'], inner['code'], details['error_code']].map(codeText).filter((code) => code !== '');
  const number = Number(codeText(error['code']));
  const status = number >= 400 && number <= 599 ? number : null;
  const words = textOf(error['message']) ?? textOf(outer['error']) ?? detailOf(outer['detail']) ?? '';
  // Routers say little themselves and hand on what the provider behind them said.
  const raw = isObject(error['metadata']) ? textOf(error['metadata']['raw']) : undefined;
  const message = raw === undefined ? words : `${words}: ${raw}`;
  return { status, codes, message, param: textOf(error['param']) };
}

/** A code is a word or a number. */
function codeText(code: unknown): string {
  return typeof code === 'string' || typeof code === 'number' ? String(code) : '';
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
  return errorOfFault(
    codeOfFault(answer.status, fault.codes, effect),
    fault,
    `Provider ${providerName} answered ${answer.status}`,
    secrets,
    wait,
  );
}

/** The error of a fault that came inside a successful answer. */
export function errorOfLateFault(fault: ProviderFault, what: string, secrets: readonly string[]): AppError {
  return errorOfFault(codeOfLateFault(fault), fault, what, secrets);
}

/** A fault as our error: its words travel along, without keys. */
export function errorOfFault(code: ErrorCode, fault: ProviderFault, what: string, secrets: readonly string[], wait?: number): AppError {
  const message = redact(fault.message, secrets);
  const providerCode = fault.codes[0];
  return new AppError(code, message === '' ? `${what}.` : `${what}: ${message}`, {
    ...(wait === undefined ? {} : { retryAfterMs: wait }),
    ...(providerCode === undefined ? {} : { providerCode: redact(providerCode, secrets) }),
    ...(message === '' ? {} : { providerMessage: message }),
    ...(fault.param === undefined || code !== 'provider_rejected' ? {} : { param: redact(fault.param, secrets) }),
  });
}
