import { writeJson } from '../../domain/large-integers';
import type { Exchange } from '../../domain/records/bodies';
import { mediumOf, withoutMedia, withoutSecrets, type Digest } from '../../domain/records/redact-body';

/**
 * What is kept of an exchange: `{ request: { content_type, body }, response: { status, content_type, complete, body } }` as JSON, redacted.
 * @returns null: it is larger than `maxBytes`
 */
export function bodyText(
  { request, response }: Exchange,
  pieces: readonly (string | Uint8Array)[],
  maxBytes: number,
  digest: Digest,
): string | null {
  const asked = {
    content_type: request.contentType,
    body: withoutMedia(request.body ?? null, digest),
    ...(request.files === undefined
      ? {}
      : { files: request.files.map(({ field, ...file }) => ({ field, content: mediumOf(file.contentType, file.bytes, file.sha256) })) }),
  };
  const answered = {
    status: response.status,
    content_type: response.contentType,
    complete: response.isComplete,
    body: answerBody(response.contentType, Buffer.concat(pieces.map((piece) => Buffer.from(piece as string))), digest),
  };
  const whole = { request: asked, response: answered };
  // Media are out of it. What is too large now is not worth a look at each of its words.
  if (Buffer.byteLength(writeJson(whole)) > maxBytes) return null;
  const text = writeJson({
    request: { ...asked, body: withoutSecrets(asked.body) },
    response: { ...answered, body: withoutSecrets(answered.body) },
  });
  return Buffer.byteLength(text) > maxBytes ? null : text;
}

function answerBody(contentType: string | null, bytes: Buffer, digest: Digest): unknown {
  const type = (contentType ?? '').split(';', 1)[0] ?? '';
  if (bytes.length === 0) return null;
  if (!/^text\/|^application\/(?:[\w.+-]+\+)?json$|^application\/x-ndjson$/i.test(type)) {
    return mediumOf(type === '' ? 'application/octet-stream' : type, bytes.length, digest(bytes).sha256);
  }
  const text = bytes.toString('utf8');
  if (/json$/i.test(type) && !/ndjson$/i.test(type)) {
    try {
      return withoutMedia(JSON.parse(text), digest);
    } catch {
      // It broke off: a text.
    }
  }
  return withoutMedia(text, digest);
}
