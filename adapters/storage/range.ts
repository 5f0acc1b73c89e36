const SINGLE_RANGE = /^bytes=(?:(\d{1,15})-(\d{0,15})|-(\d{1,15}))$/;

/**
 * A request's Range header as it may go to S3: one range of bytes. Anything else (several ranges, other units, nonsense) is
 * ignored, as RFC 9110 asks, and the whole object is the answer.
 */
export function usableRange(range: string | undefined): string | undefined {
  const match = range === undefined ? null : SINGLE_RANGE.exec(range.replace(/\s/g, ''));
  if (match === null) {
    return undefined;
  }
  const [whole, first, last] = match;
  const isBackwards = first !== undefined && last !== undefined && last !== '' && Number(last) < Number(first);
  return isBackwards ? undefined : whole;
}
