import { errorPolicy, type ErrorCode } from '../errors';
import type { TaskSummary } from '../task/task';

/** Whose doing the outcome was: the caller's request, a budget or limit, the provider, this installation, or nobody's (nothing is wrong). */
export const CAUSES = ['caller', 'budget', 'provider', 'platform', 'none'] as const;
export type Cause = (typeof CAUSES)[number];

/** Codes that are explained alike: one set of words serves all of a reason. */
export const REASONS = {
  invalid: 'caller',
  rejected: 'caller',
  blocked: 'caller',
  input_unreachable: 'caller',
  not_permitted: 'caller',
  unknown_name: 'caller',
  conflict: 'caller',
  cancelled: 'caller',
  too_many_requests: 'budget',
  over_budget: 'budget',
  over_ceiling: 'budget',
  provider_busy: 'provider',
  provider_down: 'provider',
  provider_slow: 'provider',
  provider_garbled: 'provider',
  provider_account: 'provider',
  provider_route: 'provider',
  outcome_unknown: 'provider',
  stream_cut: 'provider',
  not_stored: 'platform',
  out_of_time: 'platform',
  away: 'platform',
  internal: 'platform',
} as const satisfies Record<string, Cause>;
export type Reason = keyof typeof REASONS;

const REASON_OF: Readonly<Partial<Record<ErrorCode, Reason>>> = {
  provider_rejected: 'rejected',
  content_policy_violation: 'blocked',
  input_fetch_failed: 'input_unreachable',
  model_not_found: 'unknown_name',
  not_found: 'unknown_name',
  cancelled: 'cancelled',
  rate_limit_exceeded: 'too_many_requests',
  insufficient_quota: 'over_budget',
  budget_exceeded: 'over_ceiling',
  rate_limited: 'provider_busy',
  provider_unavailable: 'provider_down',
  provider_timeout: 'provider_slow',
  provider_bad_response: 'provider_garbled',
  provider_auth: 'provider_account',
  provider_not_found: 'provider_route',
  outcome_unknown: 'outcome_unknown',
  stream_interrupted: 'stream_cut',
  asset_storage_failed: 'not_stored',
  expired: 'out_of_time',
  service_unavailable: 'away',
  internal: 'internal',
};

/** The reason behind a code. Codes without one of their own follow from their HTTP status. */
export function reasonOf(code: ErrorCode): Reason {
  const own = REASON_OF[code];
  if (own !== undefined) return own;
  const { status } = errorPolicy(code);
  if (status === 401 || status === 403) return 'not_permitted';
  if (status === 409) return 'conflict';
  return status >= 500 ? 'internal' : 'invalid';
}

/** Whose doing the end of a task was. */
export function causeOf({ error, finishedAt, attempts }: Pick<TaskSummary, 'error' | 'finishedAt' | 'attempts'>): Cause {
  if (error === null || finishedAt === null) return 'none';
  const reason = reasonOf(error.code);
  // Time that a provider used up is the provider's.
  if (reason === 'out_of_time' && attempts.length > 0) return 'provider';
  return REASONS[reason];
}
