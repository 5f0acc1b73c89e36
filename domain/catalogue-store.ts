import type { Caller, Catalogue, CredentialClass } from './catalogue';
import type { MicroUsd } from './money';

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
  /** SHA-256 of the key, hex. */
  readonly keyHash: string;
  readonly hint: string;
}

export interface CatalogueStore {
  /** Everything enabled. */
  snapshot(): Promise<Catalogue>;
  /** The version only. */
  version(): Promise<number>;
  /** The caller of a key, by its SHA-256 in hex; null for unknown, revoked or disabled. */
  findCaller(keyHash: string): Promise<Caller | null>;
  /** @throws AppError `not_found` for an unknown team, `conflict` for a name in use */
  createCredential(credential: NewCredential): Promise<Credential>;
  listCredentials(team: string | null): Promise<readonly Credential[]>;
  /** @throws AppError `not_found` */
  revokeCredential(team: string, name: string): Promise<Credential>;
  /** The team's callback secret (`whsec_...`) in clear. @throws AppError `not_found` */
  callbackSecret(team: string): Promise<string>;
}
