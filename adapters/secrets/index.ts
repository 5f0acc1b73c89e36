import { createCipheriv, createDecipheriv, createHash, createHmac, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto';
import type { DescribedKey, KeyMint, SecretBox, Secrets, TextSigner } from '../../domain/access/secrets';
import { AppError } from '../../domain/errors';

const VERSION = 'v1';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const HINT_CHARACTERS = 12;
/** A hint may show this share of a key that someone else made, and no more. */
const MOST_SHOWN = 1 / 4;

/**
 * Seals with the installation's master key; makes and hashes keys. Nothing here keeps or logs a secret.
 * @param previous - another key of the installation while it is rotated: what was sealed with it opens too
 */
export function createSecrets(masterKey: string, previous: string | null): Secrets {
  return { ...createSecretBox(masterKey, previous), ...createKeyMint() };
}

/**
 * HMAC-SHA256 under a key derived from the master key: every process of an installation signs alike.
 * @param previous - another key of the installation while it is rotated: what was signed with it is right too
 */
export function createTextSigner(
  masterKey: string,
  purpose: 'audit head' | 'backups' | 'csrf' | 'links' | 'provider callbacks',
  previous: string | null,
): TextSigner {
  const keys = [masterKey, ...(previous === null ? [] : [previous])].map((master) => derive(master, `atelier ${purpose}`, 32));
  const signWith = (key: Buffer, text: string): string => createHmac('sha256', key).update(text, 'utf8').digest('base64url');
  return {
    sign: (text) => signWith(keys[0] ?? Buffer.alloc(0), text),
    verify(text, signature) {
      const given = Buffer.from(signature);
      return keys.some((key) => {
        const expected = Buffer.from(signWith(key, text));
        return expected.length === given.length && timingSafeEqual(expected, given);
      });
    },
  };
}

/** Tells master keys apart (12 hex digits). Derived apart, so that it says nothing about the key. */
export function masterKeyId(masterKey: string): string {
  return derive(masterKey, 'atelier secret box key id', 6).toString('hex');
}

/** AES-256-GCM under a key derived from the master key; the key's id is in front, so that the wrong master key is told apart from damage. */
function createSecretBox(masterKey: string, previous: string | null): SecretBox {
  const key = derive(masterKey, 'atelier secret box', 32);
  const keyId = masterKeyId(masterKey);
  const keys = new Map([[keyId, key]]);
  if (previous !== null) keys.set(masterKeyId(previous), derive(previous, 'atelier secret box', 32));
  // What the text says about itself is authenticated too.
  const headerOf = (id: string): string => `${VERSION}:${id}`;
  return {
    seal(clear) {
      const header = headerOf(keyId);
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
      const sealedWith = keys.get(id);
      if (sealedWith === undefined) {
        throw new AppError(
          'internal',
          'A stored secret was encrypted with another master key. Set ATELIER_MASTER_KEY to the one this database was made with. While the key is rotated, ATELIER_MASTER_KEY_PREVIOUS is the other one.',
        );
      }
      return decrypt(sealedWith, headerOf(id), Buffer.from(nonce, 'base64url'), Buffer.from(body, 'base64url'));
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
  return new AppError('internal', 'A stored secret is damaged and cannot be decrypted. Set it again.', {}, cause);
}

function createKeyMint(): KeyMint {
  return {
    describe,
    newCallbackSecret: () => `whsec_${randomBytes(32).toString('base64')}`,
  };
}

function describe(key: string): DescribedKey {
  return {
    hash: createHash('sha256').update(key, 'utf8').digest('hex'),
    hint: key.slice(0, Math.min(HINT_CHARACTERS, Math.floor(key.length * MOST_SHOWN))),
  };
}

/** A key for one purpose, derived from the installation's master key. */
function derive(masterKey: string, purpose: string, bytes: number): Buffer {
  return Buffer.from(hkdfSync('sha256', Buffer.from(masterKey, 'utf8'), Buffer.alloc(0), purpose, bytes));
}
