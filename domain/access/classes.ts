/** Why a credential exists; spending is budgeted and shown by class, and routes may be reserved for some. */
export type CredentialClass = (typeof CREDENTIAL_CLASSES)[number];
export const CREDENTIAL_CLASSES = ['production', 'test', 'script', 'personal'] as const;
