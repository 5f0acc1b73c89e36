import { AppError } from '../../../../domain/errors';
import { textFaultMessage } from '../../../../domain/text-bytes';
import { utf8Chunks } from '../../../http/text-chunks';
import { describeBytes } from '../../../uploads/limits';

const NEWLINE = 0x0a;

/** A line of a file that is not blank. */
export interface NumberedLine {
  /** From 1; blank lines count. */
  readonly number: number;
  readonly text: string;
}

/** What is wrong with a file at this line, so that no more of it can be read. */
function lineFault(code: 'request_too_large' | 'invalid_value', message: string, line: number): AppError {
  return new AppError(code, message, { details: { line } });
}

/**
 * The lines of a text with their numbers, without their ends (LF or CRLF). A byte order mark tells the encoding and is skipped. Only the line
 * under way is in memory.
 * @param maxLineBytes - as UTF-8
 * @throws AppError of `lineFault` for a longer line, or bytes that are no text
 */
export async function* numberedLines(chunks: AsyncIterable<Uint8Array>, maxLineBytes: number): AsyncGenerator<NumberedLine> {
  let held: Buffer[] = [];
  let heldBytes = 0;
  let number = 1;

  function hold(bytes: Buffer): void {
    if (bytes.length === 0) return;
    heldBytes += bytes.length;
    if (heldBytes > maxLineBytes) {
      throw lineFault('request_too_large', `The line is longer than ${describeBytes(maxLineBytes)}.`, number);
    }
    held.push(bytes);
  }

  function take(): NumberedLine {
    const text = Buffer.concat(held).toString('utf8');
    held = [];
    heldBytes = 0;
    const line = { number, text: text.endsWith('\r') ? text.slice(0, -1) : text };
    number += 1;
    return line;
  }

  const source = {
    faultOf: (fault: Parameters<typeof textFaultMessage>[0], base: number) =>
      lineFault('invalid_value', textFaultMessage(fault, `Line ${number}`, base), number),
  };
  for await (const chunk of utf8Chunks(chunks, source)) {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      hold(chunk.subarray(start, end));
      start = end + 1;
      const line = take();
      if (line.text.trim() !== '') yield line;
    }
    hold(chunk.subarray(start));
  }
  const last = take();
  if (last.text.trim() !== '') yield last;
}
