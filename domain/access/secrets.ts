/** Encrypts what must be read again: provider keys and callback secrets. */
export interface SecretBox {
  /** Sealed text `v1:<key id>:<nonce>:<ciphertext>`; two calls never give the same text. */
  seal(clear: string): string;
  /** @throws AppError `internal` when the text was sealed with another master key or was changed; the message holds no secret */
  open(sealed: string): string;
}

/** Signs short texts that the installation gives out and takes back, such as links. */
export interface TextSigner {
  /** For a URL: letters, digits, `-` and `_`. The same text always gets the same signature. */
  sign(text: string): string;
  verify(text: string, signature: string): boolean;
}

/** What is stored of a key. */
export interface DescribedKey {
  /** SHA-256 of the key, hex. */
  readonly hash: string;
  /** The first characters of the key, for people to tell keys apart. */
  readonly hint: string;
}

/** Makes secrets, and describes keys that the configuration gives. */
export interface KeyMint {
  /** Hash and hint of a key that someone else made. */
  describe(key: string): DescribedKey;
  /** A Standard Webhooks secret: `whsec_` and 32 random bytes in base64. */
  newCallbackSecret(): string;
}

/** All that an installation does with secrets. */
export type Secrets = SecretBox & KeyMint;
