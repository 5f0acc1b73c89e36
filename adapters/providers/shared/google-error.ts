import type { AppError, ErrorCode } from '../../../domain/errors';
import type { HttpAnswer } from './exchange';
import { isObject, parseJson, textOf, type JsonObject } from './json';
import { codeOfFault, codeOfLateFault, errorOfFault } from './provider-error';
import { retryAfterMs } from './retry-after';
import type { Effect } from './transport-error';

/** An error as all of Google's servers tell it: `{error:{code, status, message, details}}`, and `google.rpc.Status` inside answers. */
interface GoogleFault {
  /** An HTTP status; null: only words. */
  readonly status: number | null;
  /** The reason first, when there is one: `API_KEY_INVALID`, `RESOURCE_EXHAUSTED`. */
  readonly codes: readonly string[];
  readonly message: string;
  readonly retryAfterMs: number | undefined;
}

/** `google.rpc.Code` as the HTTP status that Google gives it. */
const HTTP_STATUS_OF_RPC = [200, 499, 500, 400, 504, 404, 409, 403, 429, 400, 409, 400, 501, 500, 503, 500, 401] as const;
/** Its words where no number comes along, as in the codes of interactions. */
const HTTP_STATUS_OF_WORD: Readonly<Record<string, number>> = {
  INVALID_ARGUMENT: 400,
  FAILED_PRECONDITION: 400,
  OUT_OF_RANGE: 400,
  UNAUTHENTICATED: 401,
  PERMISSION_DENIED: 403,
  NOT_FOUND: 404,
  RESOURCE_EXHAUSTED: 429,
  INTERNAL: 500,
  UNAVAILABLE: 503,
  DEADLINE_EXCEEDED: 504,
};
/** Refusals with 400 that the operator must mend: the key, its project, its bill. */
const OPERATORS =
  /^(API_KEY_|SERVICE_DISABLED|CONSUMER_|BILLING|ACCESS_TOKEN_|ACCOUNT_STATE|CREDENTIALS_MISSING|USER_PROJECT_|FAILED_PRECONDITION)/;
/** The quota of a day is not there again after seconds, whatever `RetryInfo` says. */
const DAY_IS_OVER_MS = 3_600_000;

/** The error of an answer whose status says that it failed. */
export function errorOfGoogle(answer: HttpAnswer, providerName: string, effect: Effect, secrets: readonly string[]): AppError {
  const fault = readGoogleFault(parseJson(answer.body));
  const wait = fault.retryAfterMs ?? retryAfterMs(answer.headers, Date.now());
  return errorOfFault(codeOf(fault, answer.status, effect), fault, `Provider ${providerName} answered ${answer.status}`, secrets, wait);
}

/** The error that stands inside a successful answer: in a stream, or of a job. */
export function lateErrorOfGoogle(error: unknown, what: string, secrets: readonly string[]): AppError {
  const fault = readGoogleFault(error);
  const code = fault.status === null ? codeOfLateFault(fault) : codeOf(fault, fault.status, 'repeatable');
  return errorOfFault(code, fault, what, secrets, fault.retryAfterMs);
}

function codeOf(fault: GoogleFault, status: number, effect: Effect): ErrorCode {
  // Cancelled by a server between: nobody knows whether the work was done.
  if (status === 499) return codeOfFault(504, fault.codes, effect);
  // A wrong key is 400.
  if (status < 429 && fault.codes.some((code) => OPERATORS.test(code))) return 'provider_auth';
  return codeOfFault(status, fault.codes, effect);
}

function readGoogleFault(body: unknown): GoogleFault {
  // A stream that is none of events is a list.
  const first: unknown = Array.isArray(body) ? body[0] : body;
  const outer = isObject(first) ? first : {};
  const error = isObject(outer['error']) ? outer['error'] : outer;
  const details = Array.isArray(error['details']) ? error['details'].filter(isObject) : [];
  const reasons = details.map(({ reason }) => textOf(reason)).filter((reason) => reason !== undefined);
  // Codes of interactions are addresses: `https://.../errors/content_policy`.
  const code = textOf(error['code'])
    ?.replace(/^.*[/#:]/, '')
    .replace(/-/g, '_');
  const codes = [...reasons, textOf(error['status']) ?? '', code ?? ''].filter((word) => word !== '');
  const number = Number(error['code']);
  const status = number >= 400 && number <= 599 ? number : (HTTP_STATUS_OF_RPC[number] ?? statusOf(codes));
  return { status, codes, message: textOf(error['message']) ?? textOf(outer['error']) ?? '', retryAfterMs: waitOf(details) };
}

function statusOf(codes: readonly string[]): number | null {
  return codes.map((code) => HTTP_STATUS_OF_WORD[code.toUpperCase()]).find((status) => status !== undefined) ?? null;
}

/** `RetryInfo` says a duration: `17s`, `0.25s`. */
function waitOf(details: readonly JsonObject[]): number | undefined {
  const violations = details.flatMap((detail) => (Array.isArray(detail['violations']) ? detail['violations'].filter(isObject) : []));
  if (violations.some(({ quotaId }) => /PerDay/i.test(textOf(quotaId) ?? ''))) return DAY_IS_OVER_MS;
  const seconds = details
    .map(({ retryDelay }) => /^(\d+(?:\.\d+)?)s$/.exec(textOf(retryDelay) ?? '')?.[1])
    .find((text) => text !== undefined);
  return seconds === undefined ? undefined : Math.ceil(Number(seconds) * 1000);
}
