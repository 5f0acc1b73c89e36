/** Numbers of formats that Excel has built in for dates and times. */
const BUILT_IN: readonly (readonly [number, number])[] = [
  [14, 22],
  [27, 36],
  [45, 47],
  [50, 58],
];
const DAY_MS = 86_400_000;
/** Excel counts a 29 February 1900 that never was. */
const FALSE_DAY = 60;

/** @param code - of a format that the workbook defines */
export function isDateFormat(id: number, code: string | undefined): boolean {
  if (code === undefined) return BUILT_IN.some(([first, last]) => id >= first && id <= last);
  // Text in quotes, after a backslash or in brackets (colours, conditions) means nothing; [h] is a duration.
  return /[ymdhs]/i.test(code.replace(/"[^"]*"|\\.|\[[^\]]*\]/g, ''));
}

/** The date of a cell as ISO text: a day, a time of day, or both; what is no date as it is. */
export function dateText(serial: string, is1904: boolean): string {
  const days = Number(serial);
  if (!Number.isFinite(days) || days < 0 || days > 2_958_466) return serial;
  const shift = is1904 ? 1_462 : days < FALSE_DAY ? 1 : 0;
  // To the second: a float holds no more.
  const at = new Date(Math.round(((days + shift) * DAY_MS) / 1_000) * 1_000 + Date.UTC(1899, 11, 30)).toISOString();
  if (days < 1 && !is1904) return at.slice(11, 19);
  return Number.isInteger(days) ? at.slice(0, 10) : at.slice(0, 19);
}

/** A number as people write it: 0.1, not 0.1000000000000000055. */
export function numberText(text: string): string {
  const value = Number(text);
  return text.trim() === '' || !Number.isFinite(value) ? text : String(value);
}

/** The position of a column by a cell's name, from 0: 1 for "B7". @returns null for what is no name */
export function positionOf(reference: string): number | null {
  const letters = /^[A-Z]{1,3}/.exec(reference)?.[0];
  if (letters === undefined) return null;
  let position = 0;
  for (let at = 0; at < letters.length; at += 1) position = position * 26 + letters.charCodeAt(at) - 64;
  return position - 1;
}

/** The name of a column by its position: "B" for 1. */
export function columnName(position: number): string {
  const rest = Math.floor(position / 26);
  return (rest === 0 ? '' : columnName(rest - 1)) + String.fromCharCode(65 + (position % 26));
}
