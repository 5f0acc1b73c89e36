import { createHmac, timingSafeEqual } from 'node:crypto';
import type { TextSigner } from '../../domain/access/secrets';
import { derive } from './derive';

/** HMAC-SHA256 under a key derived from the master key: every process of an installation signs alike. */
export function createTextSigner(masterKey: string, purpose: 'links'): TextSigner {
  const key = derive(masterKey, `atelier ${purpose}`, 32);
  const sign = (text: string): string => createHmac('sha256', key).update(text, 'utf8').digest('base64url');
  return {
    sign,
    verify(text, signature) {
      const [expected, given] = [Buffer.from(sign(text)), Buffer.from(signature)];
      return expected.length === given.length && timingSafeEqual(expected, given);
    },
  };
}
