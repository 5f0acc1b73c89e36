import { AppError } from '../../../domain/errors';
import { describeBytes } from '../../uploads/limits';

const NEWLINE = 0x0a;

/**
 * The lines of a text in UTF-8 that are not blank, without their ends (LF or CRLF) and a byte order mark. Only the line under way
 * is in memory.
 * @throws AppError `request_too_large` for a line of more than `maxLineBytes`
 */
export async function* splitLines(chunks: AsyncIterable<Uint8Array>, maxLineBytes: number): AsyncGenerator<string> {
  let held: Buffer[] = [];
  let heldBytes = 0;
  let lines = 0;

  function hold(bytes: Buffer): void {
    if (bytes.length === 0) return;
    heldBytes += bytes.length;
    if (heldBytes > maxLineBytes) {
      throw new AppError('request_too_large', `Line ${lines + 1} of the items is longer than ${describeBytes(maxLineBytes)}.`, {
        param: 'items',
      });
    }
    held.push(bytes);
  }

  function take(): string {
    const text = Buffer.concat(held).toString('utf8');
    held = [];
    heldBytes = 0;
    lines += 1;
    const line = lines === 1 ? text.replace(/^\uFEFF/, '') : text;
    return line.endsWith('\r') ? line.slice(0, -1) : line;
  }

  for await (const part of chunks) {
    const chunk = Buffer.from(part.buffer, part.byteOffset, part.byteLength);
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      hold(chunk.subarray(start, end));
      start = end + 1;
      const line = take();
      if (line.trim() !== '') yield line;
    }
    hold(chunk.subarray(start));
  }
  const last = take();
  if (last.trim() !== '') yield last;
}
