import { AppError } from '../../../domain/errors';
import { textFaultMessage } from '../../../domain/text-bytes';
import { utf8Chunks } from '../../http/text-chunks';
import { describeBytes } from '../../uploads/limits';

const NEWLINE = 0x0a;

/**
 * The lines of a text that are not blank, without their ends (LF or CRLF). A byte order mark tells the encoding (UTF-8 or UTF-16)
 * and is skipped. Only the line under way is in memory.
 * @param maxLineBytes - as UTF-8
 * @throws AppError `request_too_large` for a longer line, `invalid_campaign_items` naming the byte for one that is no text
 */
export async function* splitLines(chunks: AsyncIterable<Uint8Array>, maxLineBytes: number): AsyncGenerator<string> {
  let held: Buffer[] = [];
  let heldBytes = 0;
  let lines = 0;
  let items = 0;

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

  /** The line that is complete; null: it is blank. */
  function take(): string | null {
    const text = Buffer.concat(held).toString('utf8');
    held = [];
    heldBytes = 0;
    lines += 1;
    const line = text.endsWith('\r') ? text.slice(0, -1) : text;
    if (line.trim() === '') return null;
    items += 1;
    return line;
  }

  const source = {
    faultOf(fault: Parameters<typeof textFaultMessage>[0], base: number): AppError {
      const message = textFaultMessage(fault, `Line ${lines + 1} of the items`, base);
      const details = [{ index: items + 1, key: null, param: null, message }];
      return new AppError('invalid_campaign_items', `${message} Nothing was stored.`, { param: 'items', details });
    },
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
