/** Why a credential exists; spending is budgeted and shown by class. */
export type CredentialClass = 'production' | 'test' | 'script' | 'personal';
export const CREDENTIAL_CLASSES = ['production', 'test', 'script', 'personal'] as const satisfies readonly CredentialClass[];

/** The caller behind a key. */
export interface Caller {
  readonly credentialId: number;
  readonly credentialName: string;
  readonly credentialClass: CredentialClass;
  readonly teamId: number;
  readonly teamName: string;
  /** `["*"]` or the names of the models the key may use. */
  readonly models: readonly string[];
  /** True for the installation's admin key, which belongs to no team: it administers, it does not generate. */
  readonly isAdmin: boolean;
}

/** May this caller use the model? */
export function mayUseModel(caller: Caller, model: string): boolean {
  return caller.models.includes('*') || caller.models.includes(model);
}
