import type { Catalogue, Provider } from '../../../domain/provider/catalogue';
import type { SecretBox } from '../../../domain/access/secrets';
import type { Sql, SqlPool } from '../connection/pool';
import { toModel, type ModelDefinition, type ProviderDefinition, type ProviderSecrets } from './definition';

interface ModelRow {
  readonly name: string;
  readonly definition: ModelDefinition;
  readonly created_at: Date;
}

/** A row of `providers` that is enabled. */
export interface ProviderRow {
  readonly name: string;
  readonly definition: ProviderDefinition;
  readonly secrets_encrypted: string;
  readonly is_disabled: boolean;
  /** Of the gateway that a move comes from: the models that it serves. Absent: it is not asked for. */
  readonly old_models?: { readonly models: readonly string[] | null } | null;
}

/** Everything enabled, of one moment: version, models and providers belong together. */
export function readSnapshot(pool: SqlPool, box: SecretBox): Promise<Catalogue> {
  return pool.transaction(async (sql) => {
    const version = await readVersion(sql);
    const models = await sql.query<ModelRow>('select name, definition, created_at from models where enabled order by position, name');
    const providers = await sql.query<ProviderRow>(
      `select name, definition, secrets_encrypted, disabled_at is not null as is_disabled,
         (select json_build_object('models', g.models) from import_traffic g where g.provider = providers.name limit 1) as old_models
       from providers where enabled order by name`,
    );
    return {
      version,
      models: new Map(models.map((row) => [row.name, toModel(row.name, row.definition, row.created_at)])),
      providers: new Map(providers.map((row) => [row.name, toProvider(row, box)])),
    };
  }, 'repeatable read');
}

export function toProvider(row: ProviderRow, box: SecretBox): Provider {
  const provider = {
    ...row.definition,
    ...openSecrets(row.secrets_encrypted, box),
    name: row.name,
    ...(row.old_models === undefined || row.old_models === null ? {} : { ownKeys: row.old_models }),
  };
  return row.is_disabled ? { ...provider, disabled: true } : provider;
}

export function openSecrets(sealed: string, box: SecretBox): ProviderSecrets {
  return JSON.parse(box.open(sealed)) as ProviderSecrets;
}

export async function readVersion(sql: Sql): Promise<number> {
  const [row] = await sql.named<{ version: bigint }>('catalogue_version', 'select version from catalogue_state', []);
  return Number(row?.version ?? 0n);
}
