import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { AppError } from '../../domain/errors';
import type { SecretBox } from '../../domain/access/secrets';
import { derive } from './derive';

const VERSION = 'v1';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** AES-256-GCM under a key derived from the master key; the key's id is in front, so that the wrong master key is told apart from damage. */
export function createSecretBox(masterKey: string): SecretBox {
  const key = derive(masterKey, 'atelier secret box', 32);
  // Derived apart, so that the id says nothing about the key.
  const keyId = derive(masterKey, 'atelier secret box key id', 6).toString('hex');
  // What the text says about itself is authenticated too.
  const header = `${VERSION}:${keyId}`;
  return {
    seal(clear) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES }).setAAD(Buffer.from(header));
      const sealed = Buffer.concat([cipher.update(clear, 'utf8'), cipher.final(), cipher.getAuthTag()]);
      return `${header}:${nonce.toString('base64url')}:${sealed.toString('base64url')}`;
    },
    open(sealed) {
      const [version, id, nonce, body] = sealed.split(':');
      if (version !== VERSION || id === undefined || nonce === undefined || body === undefined) {
        throw damaged();
      }
      if (id !== keyId) {
        throw new AppError(
          'internal',
          'A stored secret was encrypted with another master key. Set ATELIER_MASTER_KEY to the one this database was made with.',
        );
      }
      return decrypt(key, header, Buffer.from(nonce, 'base64url'), Buffer.from(body, 'base64url'));
    },
  };
}

function decrypt(key: Buffer, header: string, nonce: Buffer, body: Buffer): string {
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES }).setAAD(Buffer.from(header));
    decipher.setAuthTag(body.subarray(-TAG_BYTES));
    return Buffer.concat([decipher.update(body.subarray(0, -TAG_BYTES)), decipher.final()]).toString('utf8');
  } catch (error) {
    throw damaged(error);
  }
}

function damaged(cause?: unknown): AppError {
  return new AppError('internal', 'A stored secret is damaged and cannot be decrypted. Set it anew.', {}, cause);
}
