import type { ShownDefinition } from '../../../domain/provider/definitions';

/** What an answer says of how a provider or model is defined, and by whom. */
export function definitionFields({ entry, managedBy, createdAt, updatedAt }: ShownDefinition) {
  return { ...entry, managed_by: managedBy, created_at: createdAt.toISOString(), updated_at: updatedAt.toISOString() };
}
