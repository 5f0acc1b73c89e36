import type { HttpHead } from './exchange';

/**
 * How long a provider asks us to wait, in milliseconds: `retry-after-ms`, else `retry-after` in seconds or as an HTTP date.
 * undefined when it says nothing we understand.
 */
export function retryAfterMs(headers: HttpHead['headers'], now: number): number | undefined {
  const milliseconds = numberOf(headers['retry-after-ms']);
  if (milliseconds !== undefined) return Math.ceil(milliseconds);
  const seconds = numberOf(headers['retry-after']);
  if (seconds !== undefined) return Math.ceil(seconds * 1000);
  const date = headers['retry-after'];
  const at = typeof date === 'string' ? Date.parse(date) : Number.NaN;
  return Number.isNaN(at) ? undefined : Math.max(0, at - now);
}

/** A header that is one whole number or decimal, 0 or more. */
export function numberOf(header: string | string[] | undefined): number | undefined {
  return typeof header === 'string' && /^\s*\d+(\.\d+)?\s*$/.test(header) ? Number(header) : undefined;
}
