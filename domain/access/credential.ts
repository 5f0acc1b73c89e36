import type { AnswerDefaults, CredentialClass } from './caller';
import type { MicroUsd } from '../money/money';

/** A key as listed: never the key itself. */
export interface Credential {
  readonly id: number;
  readonly team: string;
  readonly name: string;
  readonly class: CredentialClass;
  readonly limitMicroUsd: MicroUsd | null;
  readonly spentMicroUsd: MicroUsd;
  readonly heldMicroUsd: MicroUsd;
  readonly models: readonly string[];
  readonly defaults: AnswerDefaults;
  /** The first characters of the key, for people to tell keys apart. */
  readonly hint: string;
  readonly createdAt: Date;
  readonly revokedAt: Date | null;
}

export interface NewCredential {
  readonly team: string;
  readonly name: string;
  readonly class: CredentialClass;
  readonly limitMicroUsd: MicroUsd | null;
  readonly models: readonly string[];
  readonly defaults: AnswerDefaults;
  /** SHA-256 of the key, hex. */
  readonly keyHash: string;
  readonly hint: string;
}
