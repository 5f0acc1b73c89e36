import { AppError } from '../errors';
import type { Endpoint } from '../task/task';
import type { RateLack, RateState } from './rate-state';

const PATIENT: ReadonlySet<Endpoint> = new Set(['tasks', 'campaigns', 'responses.background', 'videos', 'video.generations']);

/** True where a request that comes too fast is admitted and waits for its turn; false where it is refused, as its client waits for the answer. */
export function waitsForRate(endpoint: Endpoint): boolean {
  return PATIENT.has(endpoint);
}

/** The refusal of a request that came too fast. */
export function rateExceeded({ lack, waitMs }: RateLack, rate: RateState): AppError {
  const limit = lack === 'concurrent' ? rate.concurrent : rate[lack]?.limit;
  const what = { requests: 'requests per minute', tokens: 'tokens per minute', concurrent: 'generations at once' }[lack];
  const again = lack === 'concurrent' ? 'when one of them has ended' : `in ${seconds(waitMs)}`;
  return new AppError(
    'rate_limit_exceeded',
    `This key may make ${String(limit ?? 0)} ${what}. Nothing was started and nothing was charged; send the request again ${again}, ` +
      'or send a task (POST /v1/tasks), which waits for its turn.',
    { retryAfterMs: waitMs, rate, details: { limit: lack === 'concurrent' ? lack : `${lack}_per_minute`, value: limit ?? 0 } },
  );
}

function seconds(ms: number): string {
  const whole = Math.max(1, Math.ceil(ms / 1_000));
  return whole === 1 ? '1 second' : `${String(whole)} seconds`;
}
