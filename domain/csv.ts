/** A cell of a CSV file. Text may come from anybody; numbers are ours. */
export type CsvCell = string | number | null;

/** What a spreadsheet takes for the beginning of a formula, the full-width forms included. */
const FORMULA_START = /^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/;

/**
 * The text of a CSV file (RFC 4180, lines end with CRLF). Every CSV that Atelier writes comes from here: text that a spreadsheet would
 * run as a formula gets a `'` before it and is quoted; numbers stay numbers.
 * @example csv([['key', 'cost'], ['=1+1', -2]]) // key,cost\r\n"'=1+1",-2\r\n
 */
export function csv(rows: readonly (readonly CsvCell[])[]): string {
  return rows.map((cells) => `${cells.map(cellOf).join(',')}\r\n`).join('');
}

function cellOf(value: CsvCell): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  const isFormula = FORMULA_START.test(value);
  const text = isFormula ? `'${value}` : value;
  return isFormula || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
