import type { Response } from 'express';
import type { RateLevel, RateState } from '../../domain/access/rate-state';

/** Tells what is left of the minute of a key that has a rate, as OpenAI's headers do. */
export function setRate(response: Response, { requests, tokens }: RateState): void {
  if (response.headersSent) return;
  if (requests !== undefined) setLevel(response, 'requests', requests);
  if (tokens !== undefined) setLevel(response, 'tokens', tokens);
}

function setLevel(response: Response, what: 'requests' | 'tokens', { limit, remaining, resetMs }: RateLevel): void {
  response.setHeader(`x-ratelimit-limit-${what}`, String(limit));
  response.setHeader(`x-ratelimit-remaining-${what}`, String(remaining));
  response.setHeader(`x-ratelimit-reset-${what}`, durationText(resetMs));
}

/** As Go writes a duration: "120ms", "1.5s", "6m0s". */
function durationText(ms: number): string {
  if (ms < 1_000) return `${String(ms)}ms`;
  const minutes = Math.floor(ms / 60_000);
  const rest = String((ms - minutes * 60_000) / 1_000);
  return minutes === 0 ? `${rest}s` : `${String(minutes)}m${rest}s`;
}
