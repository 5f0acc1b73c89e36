import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import type { SecretBox } from '../../domain/access/secrets';
import { AppError } from '../../domain/errors';
import { BODY_POLICY, type BodyVault } from '../../domain/records/bodies';
import type { Digest } from '../../domain/records/redact-body';
import type { ObjectStore } from '../../domain/storage';
import { within } from '../../lib/time';
import { storageAway } from './texts';

/** A store that hangs keeps a body no longer than this. */
const PUT_WITHIN_MS = 10_000;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const pack = promisify(gzip);
const unpack = promisify(gunzip);

/**
 * Bodies of calls, each an object `bodies/<id of the call>` under a key of its own (AES-256-GCM, bound to the call). The keys are secrets of the
 * database, sealed with the master key and rotated with it.
 */
export function createBodyVault(objects: Pick<ObjectStore, 'put' | 'read'>, box: SecretBox): BodyVault {
  return {
    async put(callId, text) {
      const [dataKey, nonce] = [randomBytes(32), randomBytes(NONCE_BYTES)];
      const cipher = createCipheriv('aes-256-gcm', dataKey, nonce, { authTagLength: TAG_BYTES }).setAAD(Buffer.from(callId));
      const sealed = Buffer.concat([nonce, cipher.update(await pack(text)), cipher.final(), cipher.getAuthTag()]);
      const key = `bodies/${callId}`;
      await within(PUT_WITHIN_MS, objects.put(key, sealed, 'application/octet-stream'), storageAway);
      return { key, keyEncrypted: box.seal(dataKey.toString('base64')) };
    },
    async read(callId, { key, keyEncrypted }) {
      const dataKey = Buffer.from(box.open(keyEncrypted), 'base64');
      const packed = opened(dataKey, callId, Buffer.from(await objects.read(key)));
      return (await unpack(packed, { maxOutputLength: BODY_POLICY.maxBytes.most })).toString('utf8');
    },
  };
}

function opened(dataKey: Buffer, callId: string, sealed: Buffer): Buffer {
  try {
    const decipher = createDecipheriv('aes-256-gcm', dataKey, sealed.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES });
    decipher.setAAD(Buffer.from(callId)).setAuthTag(sealed.subarray(-TAG_BYTES));
    return Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]);
  } catch (error) {
    throw new AppError('internal', `The bodies of ${callId} are damaged and cannot be decrypted.`, {}, error);
  }
}

/** Of media that a body is kept without. */
export const digest: Digest = (content, encoding = 'utf8') => {
  const bytes = typeof content === 'string' ? Buffer.from(content, encoding) : content;
  return { bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
};
