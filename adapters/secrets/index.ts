import type { Secrets } from '../../domain/access/secrets';
import { createKeyMint } from './mint';
import { createSecretBox } from './box';

export { createTextSigner } from './text-signer';

/** Seals with the installation's master key; makes and hashes keys. Nothing here keeps or logs a secret. */
export function createSecrets(masterKey: string): Secrets {
  return { ...createSecretBox(masterKey), ...createKeyMint() };
}
