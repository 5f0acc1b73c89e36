import { withoutKeys } from '../redact';

/** Names of fields whose text is a secret, whatever it looks like. Compared without `-`, `_` and case. */
const SECRET_NAMES =
  /^(?:proxy)?authorization$|^(?:set)?cookie$|apikey$|apitoken$|^(?:client|webhook|signing|callback)?secret$|secretkey$|secretaccesskey$|privatekey$|password$|passphrase$|^(?:access|refresh|bearer|auth|session|id)token$/;
const PASSWORD_IN_URL = /(:\/\/[^\s:/@]{0,256}:)[^\s@/]{1,256}@/g;

/** `data:` URLs, and base64 without a break that is too long to be a word. Each character is looked at once or twice, whatever the text is. */
const MEDIA =
  /\bdata:([\w.+-]{1,64}\/[\w.+-]{1,64})?((?:;[\w.+-]{1,64}(?:=[^;,\s"']{0,64})?)*),([^\s"')<>]*)|(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{256,}={0,2}/g;
const SHORTEST_MEDIA = 256;
const DEEPEST = 100;

/** Tells the size and the SHA-256 (hex) of bytes, which may be given as base64 (or base64url) or as text. */
export type Digest = (content: string | Uint8Array, encoding?: 'base64' | 'utf8') => { readonly bytes: number; readonly sha256: string };

/**
 * A copy of a body (a text, or parsed JSON) without media: each becomes a text that tells what it was.
 * @example withoutMedia({ url: 'data:image/png;base64,aGk=' }, digest) // { url: '[image/png, 2 bytes, sha256 8f43…]' }
 */
export function withoutMedia(body: unknown, digest: Digest): unknown {
  return mapTexts(body, (text) => {
    if (text.length < SHORTEST_MEDIA && !text.includes('data:')) return text;
    return text.replace(MEDIA, (...found) => mediumText(found, digest));
  });
}

/** A copy of a body without keys and passwords. After `withoutMedia`, so that no word is longer than a key. */
export function withoutSecrets(body: unknown): unknown {
  return mapTexts(body, (text, name) =>
    isSecretName(name) && text !== '' ? '[redacted]' : withoutKeys(text).replace(PASSWORD_IN_URL, '$1[redacted]@'),
  );
}

/** @param change - is given the name of the field beside the text; '' where it has none */
function mapTexts(value: unknown, change: (text: string, name: string) => string, name = '', depth = 0): unknown {
  if (typeof value === 'string') return change(value, name);
  if (typeof value !== 'object' || value === null) return value;
  if (depth > DEEPEST) return '[deeper]';
  if (Array.isArray(value)) return value.map((item: unknown) => mapTexts(item, change, '', depth + 1));
  return Object.fromEntries(Object.entries(value).map(([key, item]: [string, unknown]) => [key, mapTexts(item, change, key, depth + 1)]));
}

function mediumText(found: readonly unknown[], digest: Digest): string {
  const [whole, type, options, data] = found as readonly [string, string | undefined, string | undefined, string | undefined];
  const isUrl = data !== undefined;
  const { bytes, sha256 } = digest(isUrl ? data : whole, !isUrl || /;base64$/i.test(options ?? '') ? 'base64' : 'utf8');
  return mediumOf(isUrl ? (type ?? 'text/plain') : 'base64', bytes, sha256);
}

/** What stands for a medium: "[image/png, 1234 bytes, sha256 9f…]". */
export function mediumOf(type: string, bytes: number, sha256: string): string {
  return `[${type}, ${String(bytes)} bytes, sha256 ${sha256}]`;
}

function isSecretName(name: string): boolean {
  return SECRET_NAMES.test(name.replace(/[-_]/g, '').toLowerCase());
}
