import {
  brotliDecompressSync,
  createBrotliDecompress,
  createGunzip,
  createInflate,
  createInflateRaw,
  gunzipSync,
  inflateSync,
} from 'node:zlib';

/** A head's fields, in lower case. */
type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** Undoes a body's compression as it comes. */
export interface Decoder {
  write(chunk: Buffer): void;
  /** The last byte came; `end` is told once all of it is decoded. */
  end(): void;
  pause(): void;
  resume(): void;
  destroy(): void;
}

/**
 * The decoder of a body, null when it is plain. We ask for no compression, but some servers and the proxies before them compress all the
 * same, and some say so where they do not.
 * @param first - the beginning of the body
 */
export function decoderOf(
  headers: Headers,
  first: Uint8Array,
  to: { data(chunk: Buffer): void; end(): void; error(error: Error): void },
): Decoder | null {
  const coding = codingOf(headers, first);
  if (coding === null) return null;
  const stream = { gzip: createGunzip, br: createBrotliDecompress, zlib: createInflate, raw: createInflateRaw }[coding]();
  stream.on('data', (chunk: Buffer) => to.data(chunk));
  stream.on('end', () => to.end());
  stream.on('error', (error: Error) => to.error(error));
  return {
    write: (chunk) => void stream.write(chunk),
    end: () => void stream.end(),
    pause: () => void stream.pause(),
    resume: () => void stream.resume(),
    destroy: () => void stream.destroy(),
  };
}

/** The text of a body in hand; as it is when it cannot be decoded. */
export function decodedText(headers: Headers, body: Buffer, maxBytes: number): string {
  const coding = codingOf(headers, body);
  const limit = { maxOutputLength: maxBytes };
  try {
    if (coding === 'gzip') return gunzipSync(body, limit).toString('utf8');
    if (coding === 'br') return brotliDecompressSync(body, limit).toString('utf8');
    if (coding === 'zlib') return inflateSync(body, limit).toString('utf8');
  } catch {
    return '';
  }
  return body.toString('utf8');
}

function codingOf(headers: Headers, first: Uint8Array): 'gzip' | 'br' | 'zlib' | 'raw' | null {
  // Its first bytes begin no JSON and no event stream.
  if (first[0] === 0x1f && (first.length < 2 || first[1] === 0x8b)) return 'gzip';
  const header = headers['content-encoding'];
  if (header === undefined) return null;
  const said = String(header).toLowerCase();
  if (/\bbr\b/.test(said)) return 'br';
  if (!/\bdeflate\b/.test(said)) return null;
  // By the standard deflate has a zlib head; some servers leave it out. Text is neither.
  if ((first[0] ?? 0) % 16 === 8 && (first.length < 2 || ((first[0] ?? 0) * 256 + (first[1] ?? 0)) % 31 === 0)) return 'zlib';
  return /^[\s{["a-z:<\ufeff]/i.test(String.fromCharCode(first[0] ?? 0)) ? null : 'raw';
}
