/** True for the IANA name of a time zone, such as "Europe/Berlin" or "UTC". */
export function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '' && !/^[+-]/.test(name);
  } catch {
    return false;
  }
}

/** When a day such as "2026-11-30" begins where the zone's clocks are; after the gap, on a day that begins with one. */
export function midnightIn(day: string, timeZone: string): Date {
  const wall = Date.parse(`${day}T00:00:00Z`);
  const first = wall - offsetMs(wall, timeZone);
  return new Date(wall - offsetMs(first, timeZone));
}

/** How far the zone's clocks are ahead of UTC at a time. */
function offsetMs(at: number, timeZone: string): number {
  const parts = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' }).format(at);
  return Date.parse(`${parts.replace(' ', 'T')}Z`) - Math.floor(at / 1000) * 1000;
}

/** The day in a zone: "2026-11-30". */
export function dayIn(at: Date, timeZone: string): string {
  return new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short' }).format(at);
}

/**
 * What the clocks of a time zone show, to the minute.
 * @example wallClock(new Date('2026-11-01T05:30:00Z'), 'America/New_York') // '2026-11-01T01:30'; an hour later again
 */
export function wallClock(at: Date, timeZone: string): string {
  const format = new Intl.DateTimeFormat('en', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
  });
  const parts = new Map(format.formatToParts(at).map(({ type, value }) => [type, value]));
  const [year, month, day, hour, minute] = (['year', 'month', 'day', 'hour', 'minute'] as const).map((name) => parts.get(name) ?? '');
  return `${year ?? ''}-${month ?? ''}-${day ?? ''}T${hour ?? ''}:${minute ?? ''}`;
}

/** Clocks are never set back by more. */
const LONGEST_STEP_MS = 3 * 3_600_000;

/**
 * When the zone's clocks first showed, to the minute, what they show at a time: an earlier time only where they were set back in between.
 * @example firstShown(new Date('2026-11-01T06:30:00Z'), 'America/New_York') // 05:30Z
 */
export function firstShown(at: Date, timeZone: string): Date {
  const shown = wallClock(at, timeZone);
  const first = new Date(Date.parse(`${shown}Z`) - offsetMs(at.getTime() - LONGEST_STEP_MS, timeZone));
  return first < at && wallClock(first, timeZone) === shown ? first : at;
}
