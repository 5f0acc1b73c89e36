/** A spreadsheet, with cells as text. Rows are as wide as the titles. */
export interface Table {
  readonly titles: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** What was found out about a file. */
export interface TableFile {
  readonly table: Table;
  readonly encoding: 'UTF-8' | 'UTF-16' | 'GB18030';
  readonly delimiter: string;
}

/** Larger files are for the API and the command line, which read them as a stream. */
export const MOST_TABLE_BYTES = 32 * 1024 ** 2;

/** Reads text of bytes: UTF-8, UTF-16 by its mark, else GB18030, which Excel writes in Chinese. */
export function textOf(bytes: ArrayBuffer): { readonly text: string; readonly encoding: TableFile['encoding'] } {
  const [first, second] = new Uint8Array(bytes.slice(0, 2));
  if (first === 0xff && second === 0xfe) return { text: new TextDecoder('utf-16le').decode(bytes), encoding: 'UTF-16' };
  if (first === 0xfe && second === 0xff) return { text: new TextDecoder('utf-16be').decode(bytes), encoding: 'UTF-16' };
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes), encoding: 'UTF-8' };
  } catch {
    return { text: new TextDecoder('gb18030').decode(bytes), encoding: 'GB18030' };
  }
}

/** Rows of CSV or of cells pasted from a sheet; null when there is no row below the titles. Blank rows and nameless columns are left out. */
export async function tableOf(text: string): Promise<Omit<TableFile, 'encoding'> | null> {
  const { default: Papa } = await import('papaparse');
  const { data, meta } = Papa.parse<string[]>(text, { delimitersToGuess: [',', ';', '\t', '|'], skipEmptyLines: 'greedy' });
  const table = tableOfRows(data);
  return table === null ? null : { table, delimiter: meta.delimiter };
}

/** The first row that is not blank names the columns; null when there is none below it. */
export function tableOfRows(all: readonly (readonly string[])[]): Table | null {
  const [head, ...body] = all.filter((cells) => cells.some((cell) => cell.trim() !== ''));
  if (head === undefined || body.length === 0) return null;
  const kept = head.map((title, at) => ({ title: title.trim(), at })).filter(({ title }) => title !== '');
  if (kept.length === 0) return null;
  return { titles: unique(kept.map(({ title }) => title)), rows: body.map((cells) => kept.map(({ at }) => cells[at] ?? '')) };
}

/** A title that is there twice gets a number, so that each column can be named. */
function unique(titles: readonly string[]): readonly string[] {
  return titles.map((title, at) => {
    const before = titles.slice(0, at).filter((one) => one === title).length;
    return before === 0 ? title : `${title} (${before + 1})`;
  });
}

/** Rows of a CSV text, each by the names of its first line. */
export async function recordsOf(text: string): Promise<readonly Readonly<Record<string, string>>[]> {
  const { default: Papa } = await import('papaparse');
  return Papa.parse<Readonly<Record<string, string>>>(text, { header: true, skipEmptyLines: true }).data;
}

/** The table as CSV. */
export const csvOf = ({ titles, rows }: Table): string => write([titles, ...rows], (cell) => cell);

/** CSV for a person: cells that a spreadsheet would run as a formula are quoted. */
export const safeCsvOf = ({ titles, rows }: Table): string =>
  write([titles, ...rows], (cell) => (/^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell));

function write(rows: readonly (readonly string[])[], valueOf: (cell: string) => string): string {
  const cellOf = (cell: string): string => (/[",;\t|\r\n]|^\s|\s$/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
  return rows.map((cells) => cells.map((cell) => cellOf(valueOf(cell))).join(',')).join('\n');
}

/** Is it JSON lines rather than a spreadsheet? */
export const isJsonLines = (text: string): boolean => /^\s*\{/.test(text);
