import { setImmediate as turn } from 'node:timers/promises';
import { describeBytes } from '../../../uploads/limits';
import type { TableRow } from '../csv-rows';
import { tableFault } from '../fault';
import { MOST_SHEET_BYTES, openArchive, type Archive } from './archive';
import { columnName, dateText, numberText, positionOf } from './values';
import { readWorkbook, unescaped, type Workbook } from './workbook';
import { readXml, xmlPieces } from './xml';

const MOST_ROW_BYTES = 2 * 1024 * 1024;
const MOST_COLUMNS = 16_384;
const MOST_MERGES = 100;

/**
 * The rows of a worksheet, blank ones left out: of formulas their values, dates as ISO text.
 * @param sheet - its name; null: the first one
 * @throws AppError `invalid_campaign_items` for what is no workbook, unpacks to too much, or has merged cells
 */
export async function* xlsxRows(bytes: Buffer, sheet: string | null): AsyncGenerator<TableRow> {
  const archive = await openArchive(bytes);
  try {
    const book = await readWorkbook(archive, sheet);
    await refuseMerges(archive, book);
    yield* rowsOf(archive, book);
  } finally {
    archive.close();
  }
}

/** Merges stand behind the rows, so the sheet is read for them first. */
async function refuseMerges(archive: Archive, { sheetFile }: Workbook): Promise<void> {
  const merges: string[] = [];
  await readXml(await archive.open(sheetFile, MOST_SHEET_BYTES), {
    open(name, { ref }) {
      if (name === 'mergeCell' && ref !== undefined && merges.length < MOST_MERGES) merges.push(ref);
    },
  });
  const [first, ...others] = merges.map((reference) => ({
    line: lineOf(reference),
    message: `The cells ${reference} are merged, and only the first of them has a value. Unmerge them and fill in each cell.`,
  }));
  if (first !== undefined) throw tableFault(first, ...others);
}

/** The row where a reference such as "A2:B3" begins. */
function lineOf(reference: string): number | null {
  const digits = /\d+/.exec(reference)?.[0];
  return digits === undefined ? null : Number(digits);
}

async function* rowsOf(archive: Archive, book: Workbook): AsyncGenerator<TableRow> {
  const reader = createRowReader(book);
  const pieces = xmlPieces(await archive.open(book.sheetFile, MOST_SHEET_BYTES), reader);
  try {
    while ((await pieces.next()).done !== true) {
      yield* reader.take();
      // Others are served between two pieces.
      await turn();
    }
  } finally {
    await pieces.return(undefined);
  }
}

interface OpenCell {
  readonly position: number;
  readonly type: string;
  readonly style: number;
  text: string;
  hasValue: boolean;
  hasFormula: boolean;
}

function createRowReader(book: Workbook) {
  let done: TableRow[] = [];
  let line = 0;
  let cells: string[] = [];
  let bad = new Map<number, string>();
  let bytes = 0;
  let cell: OpenCell | null = null;
  let isText = false;

  function openRow(given: string | undefined): void {
    line = given === undefined ? line + 1 : Number(given);
    cells = [];
    bad = new Map();
    bytes = 0;
  }

  function openCell({ r: reference = '', t: type = 'n', s: style = '' }: Readonly<Record<string, string>>): void {
    const position = positionOf(reference) ?? cells.length;
    if (position >= MOST_COLUMNS) throw tableFault({ line, message: `The row has more than ${MOST_COLUMNS} columns.` });
    cell = { position, type, style: Number(style), text: '', hasValue: false, hasFormula: false };
  }

  function closeCell(): void {
    if (cell === null) return;
    const { position } = cell;
    while (cells.length < position) cells.push('');
    const name = `${columnName(position)}${line}`;
    if (cell.type === 'e') bad.set(position, `The cell ${name} holds the error ${cell.text}. Mend its formula, or write the value.`);
    else if (cell.hasFormula && !cell.hasValue) {
      bad.set(position, `The formula in ${name} has no stored value. Open the workbook in Excel, save it and send it again.`);
    }
    cells[position] = bad.has(position) ? '' : valueOf(cell, book);
    bytes += Buffer.byteLength(cells[position] ?? '');
    if (bytes > MOST_ROW_BYTES) throw tableFault({ line, message: `The row is longer than ${describeBytes(MOST_ROW_BYTES)}.` });
    cell = null;
  }

  return {
    open(name: string, attributes: Readonly<Record<string, string>>): void {
      if (name === 'row') openRow(attributes['r']);
      else if (name === 'c') openCell(attributes);
      else if (cell !== null && name === 'f') cell.hasFormula = true;
      isText = cell !== null && (name === 'v' || name === 't');
      if (isText && cell !== null) cell.hasValue = true;
    },
    close(name: string): void {
      isText = false;
      if (name === 'c') closeCell();
      if (name === 'row' && (bad.size > 0 || cells.some((text) => text.trim() !== '')))
        done.push({ line, cells, ...(bad.size === 0 ? {} : { bad }) });
    },
    text(piece: string): void {
      if (isText && cell !== null) cell.text += piece;
    },
    take(): readonly TableRow[] {
      const rows = done;
      done = [];
      return rows;
    },
  };
}

function valueOf({ type, text, style }: OpenCell, { strings, dateStyles, is1904 }: Workbook): string {
  if (type === 's') return strings[Number(text)] ?? '';
  if (type === 'b') return text === '1' ? 'true' : 'false';
  if (type === 'n') return dateStyles[style] === true ? dateText(text, is1904) : numberText(text);
  return unescaped(text);
}
