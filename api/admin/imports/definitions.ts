import { AppError } from '../../../domain/errors';
import type { ImportEntity, ImportOptions, ImportOutcome } from '../../../domain/migration/import';
import type { ApiContext } from '../../deps';

/** What became of a row, with what a person needs to put it right. */
export interface ShownOutcome extends Omit<ImportOutcome, 'skipped'> {
  readonly skipped: readonly { readonly legacyId: string; readonly reason: string; readonly message?: string }[];
}

interface DefinitionRow {
  readonly legacy_id: string;
  readonly definition: Readonly<Record<string, unknown>> & { readonly name: string };
}

/** Providers and models come in as anybody makes them by API, one by one, checked as the configuration file is. */
export async function importDefinitions(
  { imports, catalogueAdmin }: Pick<ApiContext, 'catalogueAdmin' | 'imports'>,
  id: string,
  entity: ImportEntity,
  rows: readonly DefinitionRow[],
  { dryRun }: ImportOptions,
): Promise<ShownOutcome> {
  if (rows.length === 0) return { imported: 0, unchanged: 0, skipped: [] };
  const known = await imports.known(
    id,
    entity,
    rows.map(({ legacy_id: legacyId }) => legacyId),
  );
  const there = new Set(
    (await (entity === 'provider' ? catalogueAdmin.providers() : catalogueAdmin.models())).map(({ entry }) => entry.name),
  );
  const skipped: { legacyId: string; reason: string; message?: string }[] = [];
  let [imported, unchanged] = [0, 0];
  for (const { legacy_id: legacyId, definition } of rows) {
    const isKnown = known.has(legacyId);
    if (isKnown && there.has(known.get(legacyId) ?? '')) {
      unchanged += 1;
      continue;
    }
    if (dryRun) {
      if (there.has(definition.name)) skipped.push({ legacyId, ...inUse(entity, definition.name) });
      else imported += 1;
      continue;
    }
    try {
      await (entity === 'provider' ? catalogueAdmin.createProvider(definition) : catalogueAdmin.createModel(definition));
      await imports.note(id, entity, legacyId, definition.name);
      imported += 1;
    } catch (error) {
      skipped.push({ legacyId, ...reasonOf(error, entity, definition.name) });
    }
  }
  return { imported, unchanged, skipped };
}

function inUse(entity: ImportEntity, name: string) {
  return { reason: 'name_in_use', message: `There is a ${entity} ${name} already. Give it another name in the plan, or leave it out.` };
}

function reasonOf(error: unknown, entity: ImportEntity, name: string): { readonly reason: string; readonly message: string } {
  if (!(error instanceof AppError)) throw error;
  return error.code === 'conflict' || error.code === 'managed_by_file'
    ? inUse(entity, name)
    : { reason: error.code, message: error.message };
}
