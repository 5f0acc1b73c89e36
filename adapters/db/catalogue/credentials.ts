import type { CredentialClass, ImagesDefault } from '../../../domain/access/caller';
import { AppError } from '../../../domain/errors';
import type { Credential, NewCredential } from '../../../domain/access/credential';
import type { Modality } from '../../../domain/provider/catalogue';
import type { SqlPool } from '../connection/pool';
import { isUniqueViolation } from '../connection/sqlstate';
import { setBudgets } from '../money/budgets';

interface Row {
  readonly id: number;
  readonly team: string;
  readonly name: string;
  readonly class: CredentialClass;
  readonly limit_micro_usd: bigint | null;
  readonly spent: bigint;
  readonly held: bigint;
  readonly models: readonly string[];
  readonly images_default: ImagesDefault;
  readonly models_default: Modality | null;
  readonly hint: string;
  readonly created_at: Date;
  readonly revoked_at: Date | null;
}

const SELECT = `select c.id, t.name as team, c.name, c.class, b.limit_micro_usd, c.models, c.images_default, c.models_default, c.hint, c.created_at, c.revoked_at,
    coalesce(a.spent, 0) as spent, coalesce(a.held, 0) as held
  from credentials c join teams t on t.id = c.team_id
  left join accounts a on a.kind = 'credential' and a.team_id = c.team_id and a.key = c.id::text and a.period = ''
  left join budgets b on b.kind = 'credential' and b.team_id = c.team_id and b.key = c.id::text and b.period = 'total'`;

/** Those of one team, or of all; not those that a configuration named once and no longer does. */
export async function listCredentials(pool: SqlPool, team: string | null): Promise<readonly Credential[]> {
  const rows = await pool.query<Row>(
    `${SELECT} where c.enabled and t.enabled and ($1::text is null or t.name = $1) order by t.name, c.name`,
    [team],
  );
  return rows.map(toCredential);
}

/** @throws AppError `not_found` for an unknown team, `conflict` for a name or key in use */
export async function createCredential(pool: SqlPool, credential: NewCredential): Promise<Credential> {
  return pool.transaction(async (sql) => {
    const [team] = await sql.query<{ id: number }>('select id from teams where name = $1 and enabled', [credential.team]);
    if (team === undefined) {
      throw new AppError('not_found', `There is no team ${JSON.stringify(credential.team)}.`, { param: 'team' });
    }
    const [made] = await sql
      .query<{ id: number }>(
        `insert into credentials (team_id, name, class, key_hash, hint, models, images_default, models_default, source)
         values ($1, $2, $3, $4, $5, $6, $7, $8, 'api') returning id`,
        [
          team.id,
          credential.name,
          credential.class,
          credential.keyHash,
          credential.hint,
          credential.models,
          credential.defaults.images,
          credential.defaults.models,
        ],
      )
      .catch((error: unknown) => {
        throw isUniqueViolation(error) ? inUse(credential, error) : error;
      });
    const id = made?.id ?? 0;
    const limits = credential.limitMicroUsd === null ? {} : { total: credential.limitMicroUsd };
    await setBudgets(sql, [{ kind: 'credential', teamId: team.id, key: String(id), limits }]);
    await sql.query('select touch_catalogue()');
    return single(await sql.query<Row>(`${SELECT} where c.id = $1`, [id]), credential);
  });
}

/** Ends the key for good; repeating keeps the first time. @throws AppError `not_found` */
export async function revokeCredential(pool: SqlPool, team: string, name: string): Promise<Credential> {
  return pool.transaction(async (sql) => {
    const [row] = await sql.query<{ id: number }>(
      `update credentials c set revoked_at = coalesce(c.revoked_at, now()), updated_at = now()
       from teams t where t.id = c.team_id and t.name = $1 and c.name = $2 returning c.id`,
      [team, name],
    );
    await sql.query('select touch_catalogue()');
    return single(await sql.query<Row>(`${SELECT} where c.id = $1`, [row?.id ?? null]), { team, name });
  });
}

function single(rows: readonly Row[], { team, name }: { readonly team: string; readonly name: string }): Credential {
  const [row] = rows;
  if (row === undefined) {
    throw new AppError('not_found', `The team ${JSON.stringify(team)} has no credential ${JSON.stringify(name)}.`);
  }
  return toCredential(row);
}

function inUse(credential: NewCredential, cause: unknown): AppError {
  const what = `${credential.team}/${credential.name}`;
  return new AppError(
    'conflict',
    `A credential ${what}, or another one with this key, exists already. Choose another name.`,
    { param: 'name' },
    cause,
  );
}

function toCredential(row: Row): Credential {
  return {
    id: row.id,
    team: row.team,
    name: row.name,
    class: row.class,
    limitMicroUsd: row.limit_micro_usd,
    spentMicroUsd: row.spent,
    heldMicroUsd: row.held,
    models: row.models,
    defaults: { images: row.images_default, models: row.models_default },
    hint: row.hint,
    createdAt: row.created_at,
    revokedAt: row.revoked_at,
  };
}
