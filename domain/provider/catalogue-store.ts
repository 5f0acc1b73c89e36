import type { CredentialStore } from '../access/credential';
import type { TeamStore } from '../access/team';
import type { Caller } from '../access/caller';
import type { Catalogue } from './catalogue';

/** The catalogue in memory: one in each process, for code that cannot wait. */
export interface CatalogueView {
  /** The snapshot read last. A request takes it once (what it was admitted by must serve it to its end). */
  current(): Catalogue;
  /** As `current`, after a look at whether there is a later one: for names that `current` does not know. Never throws. */
  latest(): Promise<Catalogue>;
  /** Calls back after each change that was read. */
  onChange(listener: (catalogue: Catalogue) => void): void;
  close(): void;
}

export interface CatalogueStore {
  readonly teams: TeamStore;
  /** Everything enabled. */
  snapshot(): Promise<Catalogue>;
  /** The version only. */
  version(): Promise<number>;
  readonly credentials: CredentialStore;
  /** The caller of a key, by its SHA-256 in hex; null for unknown, revoked or disabled. */
  findCaller(keyHash: string): Promise<Caller | null>;
  /** Switches a provider off or on, as an operator wants it; the file does not change that. @throws AppError `not_found` */
  setProviderDisabled(name: string, isDisabled: boolean): Promise<void>;
  /** The team's callback secret (`whsec_...`) in clear. @throws AppError `not_found` */
  callbackSecret(team: string): Promise<string>;
}
