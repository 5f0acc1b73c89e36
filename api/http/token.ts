import { createHash, randomBytes } from 'node:crypto';

/** 256 random bits in base64url. */
export function newToken(): string {
  return randomBytes(32).toString('base64url');
}

/** SHA-256 of a token or key, hex: what is stored of it. */
export function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
