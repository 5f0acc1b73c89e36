import type { NewCredential, Credential } from '../access/credential';
import type { Caller } from '../access/caller';
import type { Catalogue } from './catalogue';

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
