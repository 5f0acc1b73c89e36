import type { Secrets } from '../../../domain/access/secrets';
import type { ConfigModel } from '../../../domain/config/document';
import type { DefinedModel, DefinedProvider, DefinitionChange, Definitions, DefinitionStore } from '../../../domain/provider/definitions';
import { managedBy } from '../access/teams';
import type { Sql, SqlPool } from '../connection/pool';
import { splitProvider, toConfigModel, toModelDefinition, type ModelDefinition } from './definition';
import { toProvider, type ProviderRow } from './snapshot';

interface Managed {
  readonly source: 'config' | 'api';
  readonly created_at: Date;
  readonly updated_at: Date;
}

/** After all models of a file, whose positions are their places in it. */
const POSITION_OF_API = 1_000_000;

/** What is defined, as the administration reads and changes it. */
export function createDefinitionStore(pool: SqlPool, secrets: Secrets): DefinitionStore {
  return {
    read: () => pool.transaction((sql) => readDefinitions(sql, secrets), 'repeatable read'),
    change: (decide) =>
      pool.transaction(async (sql) => {
        // As applying a file does: one at a time.
        await sql.query('select version from catalogue_state for update');
        await write(sql, decide(await readDefinitions(sql, secrets)), secrets);
        await sql.query('select touch_catalogue()');
      }),
  };
}

/** All that is defined and enabled. */
export async function readDefinitions(sql: Sql, secrets: Secrets): Promise<Definitions> {
  const providers = await sql.query<ProviderRow & Managed>(
    `select name, definition, secrets_encrypted, disabled_at is not null as is_disabled, source, created_at, updated_at
     from providers where enabled order by name`,
  );
  const models = await sql.query<Managed & { readonly name: string; readonly definition: ModelDefinition }>(
    'select name, definition, source, created_at, updated_at from models where enabled order by position, name',
  );
  return {
    providers: providers.map((row): DefinedProvider => ({ provider: toProvider(row, secrets), ...management(row) })),
    models: models.map((row): DefinedModel => ({ model: toConfigModel(row.name, row.definition), ...management(row) })),
  };
}

function management({ source, created_at: createdAt, updated_at: updatedAt }: Managed) {
  return { managedBy: managedBy(source), createdAt, updatedAt };
}

async function write(sql: Sql, change: DefinitionChange, secrets: Secrets): Promise<void> {
  switch (change.kind) {
    case 'put_provider': {
      const { definition, secrets: clear } = splitProvider(change.provider);
      await sql.query(
        `insert into providers (name, definition, secrets_encrypted, source, disabled_at) values ($1, $2, $3, 'api', case when $4 then now() end)
         on conflict (name) do update set definition = excluded.definition, secrets_encrypted = excluded.secrets_encrypted,
           source = 'api', enabled = true, updated_at = now(), disabled_at = case when $4 then coalesce(providers.disabled_at, now()) end`,
        [change.provider.name, JSON.stringify(definition), secrets.seal(JSON.stringify(clear)), change.provider.disabled === true],
      );
      return;
    }
    case 'put_model':
      await putModel(sql, change.model);
      return;
    case 'remove_provider':
      // Its secrets are of no use any more.
      await sql.query(`update providers set enabled = false, secrets_encrypted = $2, updated_at = now() where name = $1`, [
        change.name,
        secrets.seal(JSON.stringify({ secrets: {}, headers: {} })),
      ]);
      return;
    case 'remove_model':
      await sql.query('update models set enabled = false, updated_at = now() where name = $1', [change.name]);
  }
}

async function putModel(sql: Sql, model: ConfigModel): Promise<void> {
  await sql.query(
    `insert into models (name, position, definition, source) values ($1, $2, $3, 'api')
     on conflict (name) do update set position = excluded.position, definition = excluded.definition,
       source = 'api', enabled = true, updated_at = now()`,
    [model.name, POSITION_OF_API, JSON.stringify(toModelDefinition(model))],
  );
}
