import { isUtf8 } from 'node:buffer';
import { AppError } from '../../domain/errors';
import {
  byteOrderMark,
  decodeText,
  textFaultMessage,
  wholeTextLength,
  type TextEncodingName,
  type TextFault,
} from '../../domain/text-bytes';

/** Enough to tell an encoding by its byte order mark, or JSON in UTF-16 by its first character. */
const HEAD_BYTES = 4;

/** How the bytes of a stream are to be understood. */
export interface TextSource {
  /** Looks at the first bytes (4, or all of a shorter text); may throw. */
  readonly onHead?: (head: Uint8Array) => void;
  /** The error of bytes that are no text; `base` is the offset of the piece in the whole. */
  faultOf(fault: TextFault, base: number): AppError;
}

/**
 * A text as UTF-8, every byte of it understood, wherever the chunks cut its characters; without a byte order mark, which tells the
 * encoding. What comes before a fault is yielded first.
 */
export async function* utf8Chunks(chunks: AsyncIterable<Uint8Array>, source: TextSource): AsyncGenerator<Buffer> {
  let encoding: TextEncodingName | null = null;
  let held: Uint8Array[] = [];
  let heldBytes = 0;
  let base = 0;

  function* emit(bytes: Uint8Array, from: TextEncodingName): Generator<Buffer> {
    if (from === 'utf-8' && isUtf8(bytes)) {
      yield asBuffer(bytes);
    } else {
      const decoded = decodeText(bytes, from);
      if ('fault' in decoded) {
        const good = decodeText(bytes.subarray(0, wholeTextLength(bytes.subarray(0, decoded.fault.offset), from)), from);
        if ('text' in good) yield Buffer.from(good.text);
        throw source.faultOf(decoded.fault, base);
      }
      yield Buffer.from(decoded.text);
    }
    base += bytes.length;
  }

  function* push(isLast: boolean): Generator<Buffer> {
    if (encoding === null) {
      if (heldBytes < HEAD_BYTES && !isLast) return;
      const head = joined();
      source.onHead?.(head);
      const mark = byteOrderMark(head);
      encoding = mark?.encoding ?? 'utf-8';
      base = mark?.length ?? 0;
      hold(head.subarray(base));
    }
    const bytes = joined();
    const whole = isLast ? bytes.length : wholeTextLength(bytes, encoding);
    hold(bytes.subarray(whole));
    if (whole > 0) yield* emit(bytes.subarray(0, whole), encoding);
  }

  function joined(): Uint8Array {
    return held.length === 1 && held[0] !== undefined ? held[0] : Buffer.concat(held);
  }

  function hold(bytes: Uint8Array): void {
    held = bytes.length === 0 ? [] : [bytes];
    heldBytes = bytes.length;
  }

  for await (const chunk of chunks) {
    held.push(chunk);
    heldBytes += chunk.length;
    yield* push(false);
  }
  yield* push(true);
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/**
 * The text of a form's field, without a byte order mark. The form's parser puts U+FFFD where bytes are no UTF-8, and who sends one
 * means no other thing: a character was lost.
 * @throws AppError `invalid_value`
 */
export function fieldText(name: string, value: string): string {
  const lost = value.indexOf('\uFFFD');
  if (lost === -1) return value.startsWith('\uFEFF') ? value.slice(1) : value;
  const offset = Buffer.byteLength(value.slice(0, lost));
  const message = textFaultMessage({ encoding: 'utf-8', offset, byte: undefined }, `The field ${name.slice(0, 100)}`);
  throw new AppError('invalid_value', message, { param: name });
}
