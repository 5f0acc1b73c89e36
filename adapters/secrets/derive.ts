import { hkdfSync } from 'node:crypto';

/** A key for one purpose, derived from the installation's master key. */
export function derive(masterKey: string, purpose: string, bytes: number): Buffer {
  return Buffer.from(hkdfSync('sha256', Buffer.from(masterKey, 'utf8'), Buffer.alloc(0), purpose, bytes));
}
