import { posix } from 'node:path';
import { tableFault } from '../fault';
import { damaged, MOST_PART_BYTES, type Archive } from './archive';
import { isDateFormat } from './values';
import { readXml } from './xml';

const BOOK = 'xl/workbook.xml';
const RELATIONS = 'xl/_rels/workbook.xml.rels';
const STYLES = 'xl/styles.xml';
const STRINGS = 'xl/sharedStrings.xml';
/** Excel escapes control characters so. */
const ESCAPED = /_x([0-9a-f]{4})_/gi;

/** What is needed to read a worksheet. */
export interface Workbook {
  /** The file of the sheet. */
  readonly sheetFile: string;
  readonly strings: readonly string[];
  /** By the number of a style: its cells show dates. */
  readonly dateStyles: readonly boolean[];
  /** Days count from 1904. */
  readonly is1904: boolean;
}

/**
 * @param sheet - name of the sheet; null: the first one
 * @throws AppError `invalid_campaign_items` naming the sheets that there are
 */
export async function readWorkbook(archive: Archive, sheet: string | null): Promise<Workbook> {
  if (!archive.has(BOOK)) throw damaged();
  const sheets: { readonly name: string; readonly relation: string }[] = [];
  let is1904 = false;
  await readXml(await archive.open(BOOK, MOST_PART_BYTES), {
    open(name, attributes) {
      if (name === 'sheet') sheets.push({ name: attributes['name'] ?? '', relation: attributes['r:id'] ?? relationOf(attributes) });
      if (name === 'workbookPr') is1904 = /^(1|true)$/.test(attributes['date1904'] ?? '');
    },
  });
  const chosen = sheet === null ? sheets[0] : sheets.find(({ name }) => name === sheet);
  if (chosen === undefined) {
    const names = sheets.slice(0, 20).map(({ name }) => JSON.stringify(name));
    throw tableFault({ line: null, message: `The workbook has no sheet ${JSON.stringify(sheet)}. It has ${names.join(', ')}.` });
  }
  const files = await relationsOf(archive);
  const sheetFile = files.get(chosen.relation);
  if (sheetFile === undefined || !archive.has(sheetFile)) throw damaged();
  return { sheetFile, strings: await stringsOf(archive), dateStyles: await dateStylesOf(archive), is1904 };
}

/** Whatever its prefix is. */
function relationOf(attributes: Readonly<Record<string, string>>): string {
  return Object.entries(attributes).find(([name]) => name.endsWith(':id'))?.[1] ?? '';
}

async function relationsOf(archive: Archive): Promise<ReadonlyMap<string, string>> {
  const files = new Map<string, string>();
  await readXml(await archive.open(RELATIONS, MOST_PART_BYTES), {
    open(name, { Id: id, Target: target }) {
      if (name !== 'Relationship' || id === undefined || target === undefined) return;
      files.set(id, target.startsWith('/') ? target.slice(1) : posix.join('xl', target));
    },
  });
  return files;
}

async function stringsOf(archive: Archive): Promise<readonly string[]> {
  const strings: string[] = [];
  if (!archive.has(STRINGS)) return strings;
  let current = '';
  let isText = false;
  // How a word is pronounced is beside the text.
  let isPhonetic = false;
  await readXml(await archive.open(STRINGS, MOST_PART_BYTES), {
    open(name) {
      if (name === 'si') current = '';
      if (name === 'rPh') isPhonetic = true;
      isText = name === 't' && !isPhonetic;
    },
    close(name) {
      if (name === 'si') strings.push(unescaped(current));
      if (name === 'rPh') isPhonetic = false;
      isText = false;
    },
    text(piece) {
      if (isText) current += piece;
    },
  });
  return strings;
}

export function unescaped(text: string): string {
  return text.replace(ESCAPED, (_whole, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
}

async function dateStylesOf(archive: Archive): Promise<readonly boolean[]> {
  const styles: boolean[] = [];
  if (!archive.has(STYLES)) return styles;
  const codes = new Map<string, string>();
  let isCellStyle = false;
  await readXml(await archive.open(STYLES, MOST_PART_BYTES), {
    open(name, attributes) {
      const id = attributes['numFmtId'] ?? '0';
      if (name === 'numFmt') codes.set(id, attributes['formatCode'] ?? '');
      if (name === 'cellXfs') isCellStyle = true;
      if (name === 'xf' && isCellStyle) styles.push(isDateFormat(Number(id), codes.get(id)));
    },
    close(name) {
      if (name === 'cellXfs') isCellStyle = false;
    },
  });
  return styles;
}
