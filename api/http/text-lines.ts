import type { AppError } from '../../domain/errors';
import type { textFaultMessage } from '../../domain/text-bytes';
import { utf8Chunks } from './text-chunks';

const NEWLINE = 0x0a;

/** A line of a text that is not blank. */
export interface NumberedLine {
  /** From 1; blank lines count. */
  readonly number: number;
  readonly text: string;
}

/** What is said of a line that ends the reading, by its number. */
export interface LineFaults {
  readonly tooLong: (number: number) => AppError;
  /** @param index - its position among the lines that are not blank, from 1 */
  readonly notText: (fault: Parameters<typeof textFaultMessage>[0], base: number, number: number, index: number) => AppError;
}

/**
 * The lines of a text that are not blank, without their ends (LF or CRLF). A byte order mark tells the encoding (UTF-8 or UTF-16)
 * and is skipped. Only the line under way is in memory.
 * @param maxLineBytes - as UTF-8
 * @throws what `faults` make of a longer line, or of bytes that are no text
 */
export async function* textLines(
  chunks: AsyncIterable<Uint8Array>,
  maxLineBytes: number,
  faults: LineFaults,
): AsyncGenerator<NumberedLine> {
  let held: Buffer[] = [];
  let heldBytes = 0;
  let number = 1;
  let index = 1;

  function hold(bytes: Buffer): void {
    if (bytes.length === 0) return;
    heldBytes += bytes.length;
    if (heldBytes > maxLineBytes) throw faults.tooLong(number);
    held.push(bytes);
  }

  /** The line that is complete; null: it is blank. */
  function take(): NumberedLine | null {
    const text = Buffer.concat(held).toString('utf8');
    held = [];
    heldBytes = 0;
    const line = { number, text: text.endsWith('\r') ? text.slice(0, -1) : text };
    number += 1;
    if (line.text.trim() === '') return null;
    index += 1;
    return line;
  }

  const source = {
    faultOf: (fault: Parameters<typeof textFaultMessage>[0], base: number) => faults.notText(fault, base, number, index),
  };
  for await (const chunk of utf8Chunks(chunks, source)) {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      hold(chunk.subarray(start, end));
      start = end + 1;
      const line = take();
      if (line !== null) yield line;
    }
    hold(chunk.subarray(start));
  }
  const last = take();
  if (last !== null) yield last;
}
