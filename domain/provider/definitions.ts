import type { ManagedBy } from '../access/team';
import type { ConfigModel } from '../config/document';
import type { Catalogue, Provider } from './catalogue';

/** Who changes a provider or model, and since when it is as it is. */
export interface Management {
  readonly managedBy: ManagedBy;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** A provider as it was defined, with its secrets in clear. */
export interface DefinedProvider extends Management {
  readonly provider: Provider;
}

export interface DefinedModel extends Management {
  readonly model: ConfigModel;
}

/** All that is defined and not removed, of one moment; models in the order of lists. */
export interface Definitions {
  readonly providers: readonly DefinedProvider[];
  readonly models: readonly DefinedModel[];
}

/** One change to what the API manages. */
export type DefinitionChange =
  | { readonly kind: 'put_provider'; readonly provider: Provider }
  | { readonly kind: 'put_model'; readonly model: ConfigModel }
  | { readonly kind: 'remove_provider' | 'remove_model'; readonly name: string };

export interface DefinitionStore {
  read(): Promise<Definitions>;
  /**
   * Makes one change, decided upon what is there at that moment: one at a time, and none while a file is applied. What it writes is managed
   * by the API from then on. All processes hear of it. A decision that throws changes nothing.
   */
  change(decide: (now: Definitions) => DefinitionChange): Promise<void>;
}

/** A provider or model in the spelling of the configuration file; never a secret. */
export type FileEntry = Readonly<Record<string, unknown>> & { readonly name: string };

/** A provider or model as the administration shows it. */
export interface ShownDefinition extends Management {
  readonly entry: FileEntry;
}

/** Of each key of a provider by its name: the end of each of its secrets, for people to tell them apart. */
export type KeyHints = ReadonlyMap<string, Readonly<Record<string, string>>>;

export interface ShownProvider extends ShownDefinition {
  readonly keyHints: KeyHints;
}

/**
 * Providers and models by API. Bodies are in the spelling of the configuration file and checked as it is, but with secrets themselves in
 * place of references; a provider may also say `enabled`.
 *
 * All throw AppError: `invalid_value` with `param` and all faults as `details`, `not_found`, `conflict` for a name in use, or where others
 * lead to what is to be removed, `managed_by_file` for what the configuration file names.
 */
export interface CatalogueAdmin {
  providers(): Promise<readonly ShownProvider[]>;
  models(): Promise<readonly ShownDefinition[]>;
  createProvider(body: unknown): Promise<ShownProvider>;
  createModel(body: unknown): Promise<ShownDefinition>;
  /** What is not given stays, null is as if it had never been given. Keys and headers keep the secrets that are not given anew. */
  changeProvider(name: string, body: unknown): Promise<ShownProvider>;
  /** What is not given stays, null is as if it had never been given. */
  changeModel(name: string, body: unknown): Promise<ShownDefinition>;
  /** The catalogue as it would be with a model's draft, of one that the file names too: `name` and what would change, or all of a new one. Nothing is saved. */
  withDraft(catalogue: Catalogue, draft: unknown): Promise<Catalogue>;
  removeProvider(name: string): Promise<void>;
  removeModel(name: string): Promise<void>;
}
