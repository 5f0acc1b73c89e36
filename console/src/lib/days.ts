/** "2026-11-30": the day that a time is in, by the clock of a zone. @param at - milliseconds */
export const dayIn = (zone: string, at: number): string =>
  new Intl.DateTimeFormat('en-CA', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' }).format(at);

/** The day with which its month begins. @param day - "2026-11-30" */
export const firstOfMonth = (day: string): string => `${day.slice(0, 8)}01`;

/** How many days its month has. @param day - "2026-11-30" */
export function daysOfMonth(day: string): number {
  const [year = 0, month = 1] = day.split('-').map(Number);
  return new Date(Date.UTC(year, month, 0)).getUTCDate();
}
