import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { parse } from 'csv-parse';
import { findColumns, INVOICE_FIELDS, type InvoiceColumns, type InvoiceField } from '../../domain/invoice/columns';
import { readLine, type InvoiceLine } from '../../domain/invoice/line';
import { usageFailure } from '../failure';

/** What is above the head of a table, as Google writes it. */
const MOST_LINES_ABOVE = 30;
const LONGEST_LINE_BYTES = 1024 * 1024;
const DELIMITERS = [',', ';', '\t'] as const;

export interface InvoiceFile {
  readonly path: string;
  /** IANA name of its days. */
  readonly timeZone: string;
  /** Columns that the user named, by field. */
  readonly chosen: Readonly<Partial<Record<InvoiceField, string>>>;
}

export type ReadLine = { readonly number: number } & ({ readonly line: InvoiceLine } | { readonly fault: string });

/** The lines of an invoice, one after the other; lines without an amount are left out. @throws CliFailure `usage` for what is no invoice */
export async function* linesOf({ path, timeZone, chosen }: InvoiceFile): AsyncGenerator<ReadLine> {
  const parser = createReadStream(path).pipe(
    parse({
      bom: true,
      delimiter: await delimiterOf(path),
      relax_column_count: true,
      relax_quotes: true,
      skip_empty_lines: true,
      max_record_size: LONGEST_LINE_BYTES,
    }),
  );
  let columns: InvoiceColumns | null = null;
  let number = 0;
  try {
    for await (const cells of parser as AsyncIterable<readonly string[]>) {
      number += 1;
      if (columns === null) {
        columns = findColumns(cells, chosen);
        if (columns === null && number > MOST_LINES_ABOVE) break;
        continue;
      }
      const read = readLine(cells, columns, timeZone);
      if (read !== null) yield 'fault' in read ? { number, fault: read.fault } : { number, line: read };
    }
  } catch (error) {
    throw unreadable(path, error);
  }
  if (columns === null) {
    throw usageFailure(
      `${path} has no line that names columns for an amount and for a day or an id.`,
      `Name them: --map "Column title=amount" --map "Another=from". Fields: ${INVOICE_FIELDS.join(', ')}.`,
    );
  }
}

/** The one that occurs most often in a line at the beginning. */
async function delimiterOf(path: string): Promise<string> {
  const file = await open(path).catch((error: unknown) => {
    throw unreadable(path, error);
  });
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(65_536), 0, 65_536, 0);
    const lines = buffer.toString('utf8', 0, bytesRead).split(/\r?\n/).slice(0, MOST_LINES_ABOVE);
    const most = DELIMITERS.map((delimiter) => Math.max(...lines.map((line) => line.split(delimiter).length)));
    return DELIMITERS[most.indexOf(Math.max(...most))] ?? ',';
  } catch (error) {
    throw unreadable(path, error);
  } finally {
    await file.close();
  }
}

function unreadable(path: string, error: unknown): Error {
  const { code, message } = error as NodeJS.ErrnoException;
  return usageFailure(
    `${path} cannot be read as a CSV file (${code ?? message}).`,
    "Save the provider's invoice or export as CSV in UTF-8.",
  );
}
