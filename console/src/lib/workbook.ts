import { openZip, ZipError } from './zip';

/** The first sheet of a workbook that is not hidden. */
export interface Sheet {
  readonly name: string;
  /** How many sheets there are. */
  readonly count: number;
  /** Cells as a person reads them; dates as "2026-11-29". */
  readonly rows: readonly (readonly string[])[];
}

/** What a workbook may unpack to. */
const MOST_UNPACKED_BYTES = 128 * 1024 ** 2;
export const MOST_ROWS = 100_000;
const MOST_COLUMNS = 256;
const MS_OF_DAY = 86_400_000;
/** Formats of dates that need not be written down in a file. */
const isDateFormat = (id: number): boolean =>
  (id >= 14 && id <= 22) || (id >= 27 && id <= 36) || (id >= 45 && id <= 47) || (id >= 50 && id <= 58);

/**
 * Reads an .xlsx or .xlsm file. Formulas give the values that were saved with them.
 * @throws ZipError when the file is no workbook, or has more than may be read
 */
export async function sheetOf(bytes: ArrayBuffer): Promise<Sheet> {
  const part = openZip(new Uint8Array(bytes), MOST_UNPACKED_BYTES);
  const book = await part('xl/workbook.xml');
  const links = await part('xl/_rels/workbook.xml.rels');
  if (book === null || links === null) throw new ZipError('broken');
  const sheets = tags(book, 'sheet').map(({ attributes }) => attributes);
  const shown = sheets.find(({ state }) => state === undefined || state === 'visible') ?? sheets[0];
  const link = tags(links, 'Relationship').find(({ attributes }) => attributes['Id'] === shown?.['r:id'])?.attributes['Target'];
  const xml = link === undefined ? null : await part(link.startsWith('/') ? link.slice(1) : `xl/${link}`);
  if (shown === undefined || xml === null) throw new ZipError('broken');
  const strings = tags((await part('xl/sharedStrings.xml')) ?? '', 'si').map(({ inner }) => textIn(inner));
  const dates = dateStyles((await part('xl/styles.xml')) ?? '');
  const is1904 = tags(book, 'workbookPr').some(({ attributes }) => /^(1|true)$/.test(attributes['date1904'] ?? ''));
  return { name: shown['name'] ?? '', count: sheets.length, rows: rowsOf(xml, { strings, dates, is1904 }) };
}

interface Book {
  readonly strings: readonly string[];
  /** Styles of cells that show a date. */
  readonly dates: ReadonlySet<number>;
  readonly is1904: boolean;
}

function rowsOf(xml: string, book: Book): readonly (readonly string[])[] {
  const rows: string[][] = [];
  for (const { attributes: row, inner } of tags(xml, 'row')) {
    const at = Number(row['r'] ?? rows.length + 1) - 1;
    if (!(at >= 0 && at < MOST_ROWS)) throw new ZipError('large');
    while (rows.length < at) rows.push([]);
    const cells: string[] = [];
    for (const { attributes, inner: content } of tags(inner, 'c')) {
      const column = columnOf(attributes['r']) ?? cells.length;
      if (column >= MOST_COLUMNS) continue;
      while (cells.length < column) cells.push('');
      cells[column] = valueOf(attributes, content, book);
    }
    rows[at] = cells;
  }
  return rows;
}

function valueOf({ t: type, s: style }: Attributes, inner: string, { strings, dates, is1904 }: Book): string {
  if (type === 'inlineStr') return textIn(inner);
  const value = plain(tags(inner, 'v')[0]?.inner ?? '');
  if (value === '' || type === 'str' || type === 'e' || type === 'd') return value;
  if (type === 's') return strings[Number(value)] ?? '';
  if (type === 'b') return value === '1' ? 'TRUE' : 'FALSE';
  const number = Number(value);
  if (Number.isNaN(number)) return value;
  // Sums are saved with the noise of their last digits, which no spreadsheet shows.
  return dates.has(Number(style ?? 0)) ? dateOf(number, is1904) : String(Number(number.toPrecision(15)));
}

/** "2026-11-29", with a time "2026-11-29 10:30:00", without a day "10:30:00". */
function dateOf(serial: number, is1904: boolean): string {
  const epoch = is1904 ? Date.UTC(1904, 0, 1) : Date.UTC(1899, 11, 30);
  const date = new Date(epoch + Math.round(serial * MS_OF_DAY));
  if (Number.isNaN(date.getTime())) return String(serial);
  const [day = '', time = ''] = date.toISOString().slice(0, 19).split('T');
  if (serial < 1) return time;
  return time === '00:00:00' ? day : `${day} ${time}`;
}

function dateStyles(xml: string): ReadonlySet<number> {
  const own = new Map(tags(xml, 'numFmt').map(({ attributes }) => [Number(attributes['numFmtId']), attributes['formatCode'] ?? '']));
  const formats = tags(tags(xml, 'cellXfs')[0]?.inner ?? '', 'xf').map(({ attributes }) => Number(attributes['numFmtId'] ?? 0));
  const showsDate = (id: number): boolean => {
    const code = own.get(id);
    // Letters of days and hours, outside of quoted words and of colours in brackets.
    return code === undefined ? isDateFormat(id) : /[dhmsy]/i.test(code.replace(/"[^"]*"|\\.|\[(?!h|m|s)[^\]]*\]/gi, ''));
  };
  return new Set(formats.flatMap((id, style) => (showsDate(id) ? [style] : [])));
}

/** "BC12" → 54 */
function columnOf(reference: string | undefined): number | null {
  const letters = /^[A-Z]{1,3}/.exec(reference ?? '')?.[0];
  return letters === undefined ? null : Array.from(letters).reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0) - 1;
}

type Attributes = Readonly<Record<string, string | undefined>>;

/**
 * Elements of one name, which never lie in each other here. Workbooks are written by programs, in XML without surprises; the page's policy
 * (trusted types) rightly refuses `DOMParser`.
 */
function tags(xml: string, name: string): readonly { readonly attributes: Attributes; readonly inner: string }[] {
  const pattern = new RegExp(`<(?:\\w+:)?${name}(?=[\\s/>])((?:"[^"]*"|'[^']*'|[^"'>])*?)(?:/>|>([\\s\\S]*?)</(?:\\w+:)?${name}>)`, 'g');
  return [...xml.matchAll(pattern)].map(([, head = '', inner = '']) => ({
    attributes: Object.fromEntries(
      [...head.matchAll(/([\w:]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g)].map(([, key = '', one, other]) => [key, plain(one ?? other ?? '')]),
    ),
    inner,
  }));
}

/** All of a text in runs, without how it is pronounced. */
const textIn = (xml: string): string =>
  tags(xml.replace(/<(?:\w+:)?rPh[\s>][\s\S]*?<\/(?:\w+:)?rPh>/g, ''), 't')
    .map(({ inner }) => plain(inner))
    .join('');

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function plain(xml: string): string {
  const text = xml.replace(/&(?:#x([\da-f]{1,6})|#(\d{1,7})|(\w+));/gi, (whole, hex?: string, decimal?: string, name?: string) => {
    if (name !== undefined) return ENTITIES[name] ?? whole;
    const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
  return text.replace(/_x([\da-f]{4})_/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))).replaceAll('\r\n', '\n');
}
