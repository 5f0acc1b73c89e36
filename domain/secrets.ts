import type { CredentialClass } from './catalogue';

/** Encrypts what must be read again: provider keys and callback secrets. */
export interface SecretBox {
  /** Sealed text `v1:<key id>:<nonce>:<ciphertext>`; two calls never give the same text. */
  seal(clear: string): string;
  /** @throws AppError `internal` when the text was sealed with another master key or was changed; the message holds no secret */
  open(sealed: string): string;
}

/** A key that was just made: shown once, stored as hash and hint. */
export interface MintedKey {
  readonly key: string;
  /** SHA-256 of the key, hex. */
  readonly hash: string;
  /** The first characters of the key, for people to tell keys apart. */
  readonly hint: string;
}

/** Makes keys and secrets, and hashes what callers present. */
export interface KeyMint {
  /** `atl_`, a letter for the class (production p, test t, script s, personal u, admin a), `_` and 43 random characters (256 bits). */
  newKey(credentialClass: CredentialClass | 'admin'): MintedKey;
  /** Hash and hint of a key that someone else made. */
  describe(key: string): MintedKey;
  /** SHA-256 of the key, hex. */
  hash(key: string): string;
  /** A Standard Webhooks secret: `whsec_` and 32 random bytes in base64. */
  newCallbackSecret(): string;
}

/** All that an installation does with secrets. */
export type Secrets = SecretBox & KeyMint;
