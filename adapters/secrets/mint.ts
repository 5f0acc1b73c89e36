import { createHash, randomBytes } from 'node:crypto';
import type { KeyMint, MintedKey } from '../../domain/secrets';

/** A letter, so that the hint still shows six characters that tell keys apart. */
const LETTERS = { production: 'p', test: 't', script: 's', personal: 'u', admin: 'a' } as const;
const HINT_CHARACTERS = 12;
/** A hint may show this share of a key that someone else made, and no more. */
const MOST_SHOWN = 1 / 4;

/** Keys have 256 random bits, so a plain hash is enough to keep them: there is nothing to guess. */
export function createKeyMint(): KeyMint {
  return {
    newKey: (credentialClass) => describe(`atl_${LETTERS[credentialClass]}_${randomBytes(32).toString('base64url')}`),
    describe,
    hash,
    newCallbackSecret: () => `whsec_${randomBytes(32).toString('base64')}`,
  };
}

function describe(key: string): MintedKey {
  return { key, hash: hash(key), hint: key.slice(0, Math.min(HINT_CHARACTERS, Math.floor(key.length * MOST_SHOWN))) };
}

function hash(key: string): string {
  return createHash('sha256').update(key, 'utf8').digest('hex');
}
