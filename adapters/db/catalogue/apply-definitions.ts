import { isDeepStrictEqual } from 'node:util';
import type { Provider } from '../../../domain/provider/catalogue';
import type { ConfigModel } from '../../../domain/config/document';
import type { SecretBox } from '../../../domain/access/secrets';
import type { Sql } from '../connection/pool';
import type { Changes } from './changes';
import { splitProvider, toModelDefinition, type ModelDefinition, type ProviderDefinition } from './definition';
import { openSecrets } from './snapshot';

/** Makes the providers equal to the document's. */
export async function applyProviders(sql: Sql, providers: readonly Provider[], box: SecretBox, changes: Changes): Promise<void> {
  const rows = await sql.query<{
    name: string;
    definition: ProviderDefinition;
    secrets_encrypted: string;
    enabled: boolean;
    source: string;
  }>('select name, definition, secrets_encrypted, enabled, source from providers');
  const stored = new Map(rows.map((row) => [row.name, row]));
  for (const provider of providers) {
    const { definition, secrets } = splitProvider(provider);
    const row = stored.get(provider.name);
    const isSame =
      row !== undefined &&
      row.enabled &&
      row.source === 'config' &&
      isDeepStrictEqual(row.definition, definition) &&
      isDeepStrictEqual(openSecrets(row.secrets_encrypted, box), secrets);
    if (!isSame) {
      await sql.query(
        `insert into providers (name, definition, secrets_encrypted, source) values ($1, $2, $3, 'config')
         on conflict (name) do update set definition = excluded.definition, secrets_encrypted = excluded.secrets_encrypted,
           source = 'config', enabled = true, updated_at = now()`,
        [provider.name, JSON.stringify(definition), box.seal(JSON.stringify(secrets))],
      );
    }
    changes.note(isSame ? 'unchanged' : row === undefined ? 'created' : 'updated', `provider ${provider.name}`);
  }
  await disableUnnamed(sql, 'providers', providers, changes);
}

/** Makes the models equal to the document's, in its order. */
export async function applyModels(sql: Sql, models: readonly ConfigModel[], changes: Changes): Promise<void> {
  const rows = await sql.query<{ name: string; position: number; definition: ModelDefinition; enabled: boolean; source: string }>(
    'select name, position, definition, enabled, source from models',
  );
  const stored = new Map(rows.map((row) => [row.name, row]));
  for (const [position, model] of models.entries()) {
    const definition = JSON.stringify(toModelDefinition(model));
    const row = stored.get(model.name);
    const isSame =
      row !== undefined &&
      row.enabled &&
      row.source === 'config' &&
      row.position === position &&
      isDeepStrictEqual(row.definition, JSON.parse(definition));
    if (!isSame) {
      await sql.query(
        `insert into models (name, position, definition, source) values ($1, $2, $3, 'config')
         on conflict (name) do update set position = excluded.position, definition = excluded.definition,
           source = 'config', enabled = true, updated_at = now()`,
        [model.name, position, definition],
      );
    }
    changes.note(isSame ? 'unchanged' : row === undefined ? 'created' : 'updated', `model ${model.name}`);
  }
  await disableUnnamed(sql, 'models', models, changes);
}

/** Switches off what an earlier document named and this one does not. */
export async function disableUnnamed(
  sql: Sql,
  table: 'providers' | 'models' | 'teams',
  named: readonly { readonly name: string }[],
  changes: Changes,
): Promise<void> {
  const rows = await sql.query<{ name: string }>(
    `update ${table} set enabled = false, updated_at = now()
     where enabled and source = 'config' and not (name = any($1::text[])) returning name`,
    [named.map(({ name }) => name)],
  );
  rows.forEach(({ name }) => changes.note('disabled', `${table.slice(0, -1)} ${name}`));
}
