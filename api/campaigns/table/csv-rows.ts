import { CsvError, parse } from 'csv-parse';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { isAppError } from '../../../domain/errors';
import { describeBytes } from '../../uploads/limits';
import { tableFault } from './fault';

export const DELIMITERS = [',', ';', '\t', '|'] as const;
export type Delimiter = (typeof DELIMITERS)[number];

const MOST_ROW_BYTES = 2 * 1024 * 1024;
const HEAD_CHARACTERS = 64 * 1024;
const BLANK_START = /^[\r\n]+/;
/** Excel's own way to declare a delimiter: a first line `sep=;`. */
const SEP_LINE = /^sep=(.)\r?\n/i;

/** A row of a spreadsheet: its cells as text, and the line (of a worksheet: the row) where it begins, from 1. */
export interface TableRow {
  readonly line: number;
  readonly cells: readonly string[];
  /** Cells that have no value to go by, by their position from 0, and why. */
  readonly bad?: ReadonlyMap<number, string>;
}

/**
 * The rows of a CSV text (RFC 4180; a quote inside an unquoted cell is a quote), blank ones left out.
 * @param delimiter - null: found in the first line
 * @throws AppError `invalid_campaign_items` naming the line where the text is no CSV
 */
export async function* csvRows(pieces: AsyncIterable<string>, delimiter: Delimiter | null): AsyncGenerator<TableRow> {
  const head = await takeHead(pieces[Symbol.asyncIterator]());
  let line = 1 + head.skippedLines;
  /** Lines where the rows begin that were parsed and not read yet. */
  const starts: number[] = [];
  const parser = parse({
    delimiter: delimiter ?? head.declared ?? delimiterOf(head.text),
    record_delimiter: ['\r\n', '\n', '\r'],
    relax_column_count: true,
    relax_quotes: true,
    max_record_size: MOST_ROW_BYTES,
    // Called as it parses: at an error, rows that were not read yet are lost.
    on_record: (cells: string[], { lines }) => {
      starts.push(line);
      line = lines + 1 + head.skippedLines;
      return cells;
    },
  });
  const fed = pipeline(Readable.from(head.all()), parser);
  // It ends the parser too, whose reader hears of it.
  fed.catch(() => undefined);
  try {
    for await (const cells of parser as AsyncIterable<string[]>) {
      const row = { line: starts.shift() ?? line, cells };
      if (cells.some((cell) => cell.trim() !== '')) yield row;
    }
  } catch (error) {
    throw isAppError(error) ? error : inWords(error, line);
  } finally {
    parser.destroy();
  }
}

function inWords(error: unknown, line: number): unknown {
  if (!(error instanceof CsvError)) return error;
  if (error.code === 'CSV_MAX_RECORD_SIZE') {
    const most = describeBytes(MOST_ROW_BYTES);
    return tableFault({ line, message: `The row that begins here is longer than ${most}. Perhaps a quote (") is never closed.` });
  }
  if (error.code === 'CSV_QUOTE_NOT_CLOSED') {
    return tableFault({ line, message: 'A quote (") in the row that begins here is never closed, so the rest of the file is one cell.' });
  }
  return tableFault({ line, message: 'The row is not valid CSV. Check its quotes.' });
}

/** The text up to the end of the first line, as far as it is looked at. */
async function takeHead(source: AsyncIterator<string>) {
  let text = '';
  let next = await source.next();
  for (; next.done !== true; next = await source.next()) {
    text += next.value;
    if (text.length >= HEAD_CHARACTERS || hasWholeLine(text)) break;
  }
  const declared = SEP_LINE.exec(text);
  const rest = declared === null ? text : text.slice(declared[0].length);
  return {
    text: rest,
    declared: DELIMITERS.find((one) => one === declared?.[1]) ?? null,
    skippedLines: declared === null ? 0 : 1,
    async *all(): AsyncGenerator<string> {
      // Nothing at all would never end the stream's first read.
      yield rest === '' ? '\n' : rest;
      try {
        for (next = await source.next(); next.done !== true; next = await source.next()) yield next.value;
      } finally {
        await source.return?.();
      }
    },
  };
}

/** The delimiter that the first line has most of, outside of quotes; a comma when it has none. */
function delimiterOf(text: string): Delimiter {
  const counts = new Map<string, number>();
  for (const character of outsideQuotes(text.replace(BLANK_START, ''))) {
    if (character === '\n' || character === '\r') break;
    counts.set(character, (counts.get(character) ?? 0) + 1);
  }
  return DELIMITERS.reduce((best, one) => ((counts.get(one) ?? 0) > (counts.get(best) ?? 0) ? one : best), ',');
}

/** The first line that is not blank is complete. */
function hasWholeLine(text: string): boolean {
  for (const character of outsideQuotes(text.replace(BLANK_START, ''))) if (character === '\n' || character === '\r') return true;
  return false;
}

function* outsideQuotes(text: string): Generator<string> {
  let isQuoted = false;
  for (const character of text) {
    if (character === '"') isQuoted = !isQuoted;
    else if (!isQuoted) yield character;
  }
}
