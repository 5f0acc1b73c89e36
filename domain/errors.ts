import type { RateState } from './access/rate-state';

/**
 * What the platform does about an error. One row per code; the code is the type of the error everywhere: in TypeScript, across
 * the activity boundary (`ApplicationFailure.type`), in the database and in the body of an answer.
 */
export interface ErrorPolicy {
  /** HTTP status of an answer that carries the error. */
  readonly status: number;
  /** OpenAI's `error.type`. */
  readonly type: string;
  /** May the same provider be called again? `delay`: after `retryAfterMs`; `backoff`: after a growing pause; `once`: one more time. */
  readonly sameProvider: 'no' | 'once' | 'backoff' | 'delay';
  /** May the next provider of the model be tried? */
  readonly nextProvider: boolean;
  /** May the user send the same request again and hope? (`error.retryable` of a task; `x-should-retry` before a run exists.) */
  readonly retryable: boolean;
}

const invalid = { status: 400, type: 'invalid_request_error', sameProvider: 'no', nextProvider: false, retryable: false } as const;
const conflict = { ...invalid, status: 409, type: 'conflict_error' } as const;
const upstream = { status: 503, type: 'service_unavailable_error', sameProvider: 'backoff', nextProvider: true, retryable: true } as const;
const quota = { status: 429, type: 'insufficient_quota', sameProvider: 'no', nextProvider: false, retryable: false } as const;

/** The error table: what each code means to a client and to a run. Each has a heading in docs/errors.md. */
export const ERRORS = {
  invalid_value: invalid,
  invalid_type: invalid,
  invalid_json: invalid,
  invalid_multipart: invalid,
  invalid_image: invalid,
  missing_required_parameter: invalid,
  unknown_parameter: invalid,
  unsupported_parameter: invalid,
  string_above_max_length: invalid,
  context_length_exceeded: invalid,
  invalid_url: invalid,
  invalid_campaign_items: invalid,
  /** An input of a template that is missing, unknown or of a wrong type. */
  invalid_template_input: invalid,
  parameter_not_overridable: invalid,
  model_not_priced: invalid,
  video_not_ready: invalid,
  previous_response_not_found: invalid,
  input_fetch_failed: { ...invalid, retryable: true },
  /** A provider refused the request as wrong; `provider_message` says why. */
  provider_rejected: { ...invalid, nextProvider: false },
  content_policy_violation: { ...invalid, type: 'image_generation_user_error' },
  invalid_api_key: { ...invalid, status: 401, type: 'authentication_error' },
  /** The key is past its own end. */
  credential_expired: { ...invalid, status: 401, type: 'authentication_error' },
  /** An incident froze the key. */
  credential_frozen: { ...invalid, status: 403, type: 'permission_error' },
  ip_not_allowed: { ...invalid, status: 403, type: 'permission_error' },
  endpoint_not_allowed: { ...invalid, status: 403, type: 'permission_error' },
  /** The same for a wrong password, an unknown e-mail and a person who was disabled. */
  invalid_credentials: { ...invalid, status: 401, type: 'authentication_error' },
  /** The identity provider, or what it says of the person, does not let them in. */
  oidc_refused: { ...invalid, status: 403, type: 'permission_error' },
  session_expired: { ...invalid, status: 401, type: 'authentication_error' },
  csrf_token_invalid: { ...invalid, status: 403, type: 'permission_error' },
  /** Too many failed sign-ins of the account. */
  sign_in_locked: { ...invalid, status: 429, type: 'rate_limit_error' },
  model_not_allowed: { ...invalid, status: 403, type: 'permission_error' },
  admin_required: { ...invalid, status: 403, type: 'permission_error' },
  /** A person's role does not allow what they asked for. */
  permission_denied: { ...invalid, status: 403, type: 'permission_error' },
  /** A signed link that is over, or that was never given out. */
  invalid_link: { ...invalid, status: 403, type: 'permission_error' },
  model_not_found: { ...invalid, status: 404 },
  not_found: { ...invalid, status: 404 },
  method_not_allowed: { ...invalid, status: 405 },
  task_not_finished: conflict,
  campaign_state: conflict,
  /** The template has no version for this, or it is archived. */
  template_state: conflict,
  conflict,
  /** What the configuration file names is changed there. */
  managed_by_file: conflict,
  external_id_in_use: conflict,
  cancelled: conflict,
  request_too_large: { ...invalid, status: 413 },
  unsupported_media_type: { ...invalid, status: 415 },
  range_not_satisfiable: { ...invalid, status: 416 },
  idempotency_key_reuse: { ...invalid, status: 422 },
  insufficient_quota: quota,
  /** The task's own `budget.max_cost_usd` is below its reservation. */
  budget_exceeded: { ...quota, status: 400, type: 'invalid_request_error' },
  /** The request's reservation is above what one request of its key may cost. */
  cost_ceiling_exceeded: invalid,
  rate_limited: { ...upstream, status: 429, type: 'rate_limit_error', sameProvider: 'delay' },
  /** A limit of this installation, before a run exists. */
  rate_limit_exceeded: { ...invalid, status: 429, type: 'rate_limit_error', retryable: true },
  provider_unavailable: upstream,
  provider_timeout: { ...upstream, status: 504, sameProvider: 'no' },
  provider_bad_response: { ...upstream, status: 502, sameProvider: 'once' },
  /** The provider refused our key or our bill: the operator's to mend, the next provider may serve. */
  provider_auth: { ...upstream, status: 503, sameProvider: 'no' },
  /** The provider does not know the model or job. */
  provider_not_found: { ...upstream, status: 502, sameProvider: 'no' },
  /** The request was sent and no answer came: the provider may have worked and may charge. */
  outcome_unknown: { status: 504, type: 'server_error', sameProvider: 'no', nextProvider: false, retryable: true },
  /** A stream broke after its first token had gone out. */
  stream_interrupted: { status: 502, type: 'server_error', sameProvider: 'no', nextProvider: false, retryable: true },
  asset_storage_failed: { status: 500, type: 'server_error', sameProvider: 'no', nextProvider: false, retryable: true },
  expired: { status: 504, type: 'server_error', sameProvider: 'no', nextProvider: false, retryable: true },
  service_unavailable: { status: 503, type: 'service_unavailable_error', sameProvider: 'no', nextProvider: false, retryable: true },
  internal: { status: 500, type: 'server_error', sameProvider: 'no', nextProvider: false, retryable: true },
} as const satisfies Record<string, ErrorPolicy>;

/** Every code an error of the platform can have. */
export type ErrorCode = keyof typeof ERRORS;

/** Further facts of an error; all optional, none secret. */
export interface ErrorFacts {
  /** The parameter at fault as the user wrote it: `output.size`, `messages[0].content`. */
  readonly param?: string;
  /** How long the provider or we ask to wait, in milliseconds. */
  readonly retryAfterMs?: number;
  /** The provider's own code and message, redacted of keys. */
  readonly providerCode?: string;
  readonly providerMessage?: string;
  /** The provider charged for the failed call, in micro-US-dollars (decimal text, so that it crosses JSON). */
  readonly chargedMicroUsd?: string;
  /**
   * Of `provider_unavailable`: surely nothing was bought, as the provider was never reached or refused. Without it a paid call may have been
   * carried out all the same.
   */
  readonly isUnpaid?: boolean;
  /** The same call would fail again: it is not worth a repeat. */
  readonly isPermanent?: boolean;
  /** The run the error belongs to, once one exists: the answer then names it and forbids a blind repeat. */
  readonly taskId?: string;
  /** Of a key with a rate: what is left of it. */
  readonly rate?: RateState;
  /** Tokens that were asked for, and what the model's context holds. */
  readonly context?: { readonly tokens: number; readonly window: number };
  /** Machine-readable details of the answer (`error.details`). */
  readonly details?: unknown;
}

const MARKER = Symbol.for('atelier.AppError');

/** The one error class. `code` decides what happens; `message` is for people and never decides anything. */
export class AppError extends Error {
  readonly [MARKER] = true;
  readonly code: ErrorCode;
  readonly facts: ErrorFacts;

  constructor(code: ErrorCode, message: string, facts: ErrorFacts = {}, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'AppError';
    this.code = code;
    this.facts = facts;
  }
}

/** True for an AppError of any realm: jest and the workflow sandbox load the class twice. */
export function isAppError(error: unknown): error is AppError {
  return typeof error === 'object' && error !== null && (error as Record<symbol, unknown>)[MARKER] === true;
}

/** True for a part of ours that does not answer now: the same may be asked again. */
export function isServiceAway(error: unknown): boolean {
  return isAppError(error) && error.code === 'service_unavailable';
}

/** True when `code` is one of ours; used where a code comes back as text (history, database). */
export function isErrorCode(code: unknown): code is ErrorCode {
  return typeof code === 'string' && Object.hasOwn(ERRORS, code);
}

/** The policy of a code. */
export function errorPolicy(code: ErrorCode): ErrorPolicy {
  return ERRORS[code];
}

/** Any thrown thing as an AppError; what is not ours becomes `internal` with a plain message and the original as cause. */
export function toAppError(error: unknown): AppError {
  return isAppError(error) ? error : new AppError('internal', 'Something went wrong on our side. It was logged.', {}, error);
}
