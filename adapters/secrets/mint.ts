import { createHash, randomBytes } from 'node:crypto';
import type { DescribedKey, KeyMint } from '../../domain/access/secrets';

const HINT_CHARACTERS = 12;
/** A hint may show this share of a key that someone else made, and no more. */
const MOST_SHOWN = 1 / 4;

export function createKeyMint(): KeyMint {
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
