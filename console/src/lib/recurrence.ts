/** A workday is one of Monday to Friday. */
export const RHYTHMS = ['day', 'workday', 'week', 'month'] as const;
export type Rhythm = (typeof RHYTHMS)[number];

/** A recurring time as a person says it. */
export interface Recurrence {
  readonly every: Rhythm;
  /** "09:30" */
  readonly at: string;
  /** Of a week: 0 is Sunday. */
  readonly weekday: number;
  /** Of a month: 1 to 28, which every month has. */
  readonly date: number;
}

const WORKDAYS = '1-5';
const TIME = /^([01]?\d|2[0-3]):([0-5]\d)$/;

/** As a cron expression; null: the time is none. */
export function cronOf({ every, at, weekday, date }: Recurrence): string | null {
  const [, hour, minute] = TIME.exec(at) ?? [];
  if (hour === undefined || minute === undefined) return null;
  const days = { day: '* * *', workday: `* * ${WORKDAYS}`, week: `* * ${String(weekday)}`, month: `${String(date)} * *` }[every];
  return `${String(Number(minute))} ${String(Number(hour))} ${days}`;
}

/** What a cron expression says, where it is one that `cronOf` could have written; null: it says more than that. */
export function recurrenceOf(cron: string): Recurrence | null {
  const [, minute, hour, date, weekday] = /^(\d{1,2}) (\d{1,2}) (\*|\d{1,2}) \* (\*|[0-7]|1-5)$/.exec(cron.trim()) ?? [];
  if (minute === undefined || hour === undefined || (date !== '*' && weekday !== '*')) return null;
  const every = date !== '*' ? 'month' : weekday === WORKDAYS ? 'workday' : weekday !== '*' ? 'week' : 'day';
  const at = `${hour.padStart(2, '0')}:${minute.padStart(2, '0')}`;
  return { every, at, weekday: every !== 'week' ? 1 : Number(weekday) % 7, date: date === '*' ? 1 : Number(date) };
}

/** "Monday", "星期一". @param weekday - 0 is Sunday */
export function weekdayName(language: string, weekday: number): string {
  // 3 January 2027 is a Sunday.
  const day = new Date(Date.UTC(2027, 0, 3 + weekday));
  return new Intl.DateTimeFormat(language === 'zh' ? 'zh-CN' : 'en-GB', { weekday: 'long', timeZone: 'UTC' }).format(day);
}
