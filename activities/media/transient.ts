import { isAppError } from '../../domain/errors';

/** True for failures of a poll that say nothing about the job. */
export function isTransient(error: unknown): boolean {
  return (
    isAppError(error) &&
    (error.code === 'provider_unavailable' ||
      error.code === 'provider_timeout' ||
      error.code === 'provider_bad_response' ||
      error.code === 'outcome_unknown' ||
      error.code === 'rate_limited' ||
      error.code === 'provider_auth' ||
      error.code === 'service_unavailable')
  );
}
