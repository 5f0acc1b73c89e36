import { createHash, randomBytes } from 'node:crypto';

const HINT_LENGTH = 10;

/** A new key with what is stored of it: 192 random bits, so that its plain SHA-256 cannot be searched. */
export function newKey(): { readonly key: string; readonly keyHash: string; readonly hint: string } {
  const key = `sk-at-${randomBytes(24).toString('base64url')}`;
  return { key, keyHash: createHash('sha256').update(key).digest('hex'), hint: key.slice(0, HINT_LENGTH) };
}
