import { TextDecoder } from 'node:util';
import { AppError } from '../../../domain/errors';
import { byteOrderMark, isUtf8Label } from '../../../domain/text-bytes';
import { utf8Chunks } from '../../http/text-chunks';
import { tableFault } from './fault';

const PIECE_CHARACTERS = 64 * 1024;
const LONGEST_MARK_BYTES = 8;
const ZIP = [0x50, 0x4b, 0x03, 0x04];
const OLD_EXCEL = [0xd0, 0xcf, 0x11, 0xe0];
const SAVE_AS = 'Save it as "CSV UTF-8", or as .xlsx, and send it again.';

/**
 * The text of a CSV file in pieces, without a byte order mark, which tells the encoding before anything that was declared.
 * @param charset - as the part's content type declares it; null: UTF-8
 * @throws AppError `invalid_campaign_items` naming the line where bytes are no text; `unsupported_media_type` for an unknown charset
 */
export async function* csvText(chunks: AsyncIterable<Uint8Array>, charset: string | null): AsyncGenerator<string> {
  const lines = createLineCount();
  const source = withHead(chunks);
  for await (const piece of (await source.hasMark()) || charset === null || isUtf8Label(charset)
    ? unicode(source.chunks, lines)
    : declared(source.chunks, charset, lines)) {
    const nul = piece.indexOf('\0');
    if (nul !== -1) {
      lines.count(piece.slice(0, nul));
      throw tableFault({ line: lines.line(), message: `The file is not text: it may be UTF-16 without a byte order mark. ${SAVE_AS}` });
    }
    lines.count(piece);
    for (let start = 0; start < piece.length; start += PIECE_CHARACTERS) yield piece.slice(start, start + PIECE_CHARACTERS);
  }
}

interface LineCount {
  count(text: string): void;
  /** The line under way, from 1. */
  line(): number;
}

function createLineCount(): LineCount {
  let line = 1;
  return {
    count(text) {
      for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) line += 1;
    },
    line: () => line,
  };
}

async function* unicode(chunks: AsyncIterable<Uint8Array>, lines: LineCount): AsyncGenerator<string> {
  const source = {
    faultOf: () =>
      tableFault({
        line: lines.line(),
        message: `The bytes are not UTF-8. ${SAVE_AS} A file in GBK is read when its part of the form says "text/csv; charset=gb18030".`,
      }),
  };
  for await (const chunk of utf8Chunks(chunks, source)) yield chunk.toString('utf8');
}

async function* declared(chunks: AsyncIterable<Uint8Array>, charset: string, lines: LineCount): AsyncGenerator<string> {
  const decoder = decoderOf(charset);
  const decode = (bytes?: Uint8Array): string => {
    try {
      return bytes === undefined ? decoder.decode() : decoder.decode(bytes, { stream: true });
    } catch {
      throw tableFault({ line: lines.line(), message: `The bytes are not ${charset}, which the part declares. ${SAVE_AS}` });
    }
  };
  for await (const chunk of chunks) yield decode(chunk);
  yield decode();
}

function decoderOf(charset: string): TextDecoder {
  try {
    return new TextDecoder(charset, { fatal: true });
  } catch {
    throw new AppError('unsupported_media_type', `The part items is in an unknown charset "${charset.slice(0, 100)}". Send it as UTF-8.`, {
      param: 'items',
    });
  }
}

/** Looks at the first bytes of a stream and gives them back. @throws AppError for a workbook that is named as CSV */
function withHead(chunks: AsyncIterable<Uint8Array>) {
  const source = chunks[Symbol.asyncIterator]();
  const held: Uint8Array[] = [];
  return {
    async hasMark(): Promise<boolean> {
      let bytes = 0;
      while (bytes < LONGEST_MARK_BYTES) {
        const next = await source.next();
        if (next.done === true) break;
        held.push(next.value);
        bytes += next.value.length;
      }
      const head = Buffer.concat(held.length > 1 && bytes <= LONGEST_MARK_BYTES * 1_024 ? held : held.slice(0, 1));
      for (const [mark, what] of [
        [ZIP, 'an Excel workbook. Give it a name that ends in .xlsx.'],
        [OLD_EXCEL, 'an old Excel workbook (.xls). Save it as .xlsx.'],
      ] as const) {
        if (mark.every((byte, at) => head[at] === byte))
          throw tableFault({ line: null, message: `The file is named as CSV and is ${what}` });
      }
      return byteOrderMark(head) !== null;
    },
    chunks: (async function* () {
      yield* held;
      for (let next = await source.next(); next.done !== true; next = await source.next()) yield next.value;
    })(),
  };
}
