import type { CredentialClass, ImagesDefault } from '../../../domain/access/caller';
import type {
  Credential,
  CredentialChange,
  CredentialLimits,
  CredentialPlace,
  CredentialStore,
  NewCredential,
} from '../../../domain/access/credential';
import { unknownTeam } from '../../../domain/access/permissions';
import { AppError } from '../../../domain/errors';
import type { BudgetOwner } from '../../../domain/money/budget';
import type { MicroUsd } from '../../../domain/money/money';
import type { Modality } from '../../../domain/provider/catalogue';
import { managedBy, teamNamed } from '../access/teams';
import type { Sql, SqlPool } from '../connection/pool';
import { isUniqueViolation } from '../connection/sqlstate';
import { changeLimits } from '../money/budgets';
import { BOUNDS_COLUMNS, ownBoundsOf, type BoundsRow } from './caller';

interface Row extends BoundsRow {
  readonly id: number;
  readonly team: string;
  readonly name: string;
  readonly class: CredentialClass;
  readonly source: 'config' | 'api';
  readonly state: Credential['state'];
  readonly owner: string | null;
  readonly purpose: string | null;
  readonly limits: Readonly<Partial<Record<keyof CredentialLimits, string>>>;
  readonly spent: bigint;
  readonly held: bigint;
  readonly models: readonly string[];
  readonly images_default: ImagesDefault;
  readonly models_default: Modality | null;
  readonly hint: string;
  readonly former_keys: readonly { readonly hint: string; readonly valid_until: string }[];
  readonly created_at: Date;
  readonly rotated_at: Date | null;
  readonly last_used_at: Date | null;
  readonly revoked_at: Date | null;
}

const STATE = `case when k.revoked_at is not null then 'revoked' when k.expires_at <= now() then 'expired' else 'active' end`;
const SELECT = `select k.id, t.name as team, k.name, k.class, k.source, ${STATE} as state, u.email as owner, k.purpose,
    k.models, k.images_default, k.models_default, k.hint, k.created_at, k.rotated_at, k.last_used_at, k.revoked_at, ${BOUNDS_COLUMNS},
    (select coalesce(json_object_agg(b.period, b.limit_micro_usd::text), '{}')
     from budgets b where b.kind = 'credential' and b.team_id = k.team_id and b.key = k.id::text) as limits,
    coalesce(a.spent, 0) as spent, coalesce(a.held, 0) as held,
    (select coalesce(json_agg(json_build_object('hint', f.hint, 'valid_until', f.valid_until) order by f.valid_until), '[]')
     from former_keys f where f.credential_id = k.id and f.valid_until > now() and k.revoked_at is null) as former_keys
  from credentials k join teams t on t.id = k.team_id
  left join projects p on p.id = k.project_id left join users u on u.id = k.owner_id
  left join accounts a on a.kind = 'credential' and a.team_id = k.team_id and a.key = k.id::text and a.period = ''`;
const LIST = `${SELECT}
  where k.enabled and t.enabled and ($1::text[] is null or t.name = any($1)) and ($2::text is null or t.name = $2)
    and ($3::text is null or p.name = $3) and ($4::text is null or k.class = $4) and ($5::text is null or u.email = lower($5))
    and ($6::text is null or ${STATE} = $6) and ($7::text is null or (t.name, k.name) > ($7::text collate "C", $8::text collate "C"))
  order by t.name, k.name limit $9`;
const FIND = `${SELECT} where k.enabled and t.enabled and t.name = $1 and k.name = $2`;

/** Keys of one credential that may be valid at once, the newest among them. */
const MOST_KEYS = 8;

/** Credentials in Postgres. What readers keep of them is forgotten with every change (`touch_catalogue`). */
export function createCredentialStore(pool: SqlPool): CredentialStore {
  return {
    async list({ teams, team, project, class: credentialClass, owner, state, after, limit }) {
      const filters = [teams, team, project, credentialClass, owner, state, after?.team, after?.name];
      const rows = await pool.query<Row>(LIST, [...filters.map((value) => value ?? null), limit + 1]);
      return { data: rows.slice(0, limit).map(toCredential), hasMore: rows.length > limit };
    },
    find: (place) => find(pool, place),
    create: (credential) =>
      pool.transaction(async (sql) => {
        const team = await teamNamed(sql, credential.team);
        if (team === null) throw unknownTeam(credential.team, 'team');
        const [made] = await write(
          sql,
          await columnsOf(sql, team.id, credential),
          (names, values) =>
            `insert into credentials (team_id, name, key_hash, hint, source, ${names.join(', ')})
             values ($1, $2, $3, $4, 'api', ${values.join(', ')}) returning id`,
          [team.id, credential.name, credential.keyHash, credential.hint],
        ).catch((error: unknown) => {
          throw isUniqueViolation(error) ? inUse(credential, error) : error;
        });
        await changeLimits(sql, ownerOf(team.id, made?.id ?? 0), credential.limits);
        await sql.query('select touch_catalogue()');
        return find(sql, credential);
      }),
    change: (place, change) =>
      pool.transaction(async (sql) => {
        const { id, teamId } = await lock(sql, place);
        await write(
          sql,
          await columnsOf(sql, teamId, change),
          (names, values) =>
            `update credentials set updated_at = now() ${names.map((name, index) => `, ${name} = ${values[index] ?? ''}`).join('')} where id = $1 returning id`,
          [id],
        );
        if (change.limits !== undefined) await changeLimits(sql, ownerOf(teamId, id), change.limits);
        await sql.query('select touch_catalogue()');
        return find(sql, place);
      }),
    rotate: (place, { keyHash, hint }, overlapS) =>
      pool.transaction(async (sql) => {
        const { id, isRevoked, hasKey } = await lock(sql, place);
        if (isRevoked) throw new AppError('conflict', `The credential ${titleOf(place)} is revoked. Create another one.`);
        if (!hasKey)
          throw new AppError('conflict', `The credential ${titleOf(place)} has no key: it is what a person's own work runs under.`);
        await sql.query('delete from former_keys where credential_id = $1 and valid_until <= now()', [id]);
        await sql.query(
          "update former_keys set valid_until = least(valid_until, now() + $2 * interval '1 second') where credential_id = $1",
          [id, overlapS],
        );
        await sql.query(
          `insert into former_keys (key_hash, credential_id, hint, valid_until)
           select key_hash, id, hint, now() + $2 * interval '1 second' from credentials where id = $1`,
          [id, overlapS],
        );
        const [valid] = await sql.query<{ keys: number }>(
          'select count(*)::int as keys from former_keys where credential_id = $1 and valid_until > now()',
          [id],
        );
        if ((valid?.keys ?? 0) >= MOST_KEYS) {
          throw new AppError(
            'conflict',
            `${MOST_KEYS} keys of ${titleOf(place)} are valid already. Rotate with a shorter overlap_s, which ends them sooner.`,
            {
              param: 'overlap_s',
            },
          );
        }
        await sql.query('update credentials set key_hash = $2, hint = $3, rotated_at = now(), updated_at = now() where id = $1', [
          id,
          keyHash,
          hint,
        ]);
        await sql.query('select touch_catalogue()');
        return find(sql, place);
      }),
    revoke: (place) =>
      pool.transaction(async (sql) => {
        const { id } = await lock(sql, place);
        await sql.query('update credentials set revoked_at = coalesce(revoked_at, now()), updated_at = now() where id = $1', [id]);
        await sql.query('select touch_catalogue()');
        return find(sql, place);
      }),
    async markUsed(ids) {
      await pool.query('update credentials set last_used_at = now() where id = any($1::int[]) and coalesce(last_used_at < now(), true)', [
        ids,
      ]);
    },
  };
}

async function find(sql: Sql, place: CredentialPlace): Promise<Credential> {
  const [row] = await sql.query<Row>(FIND, [place.team, place.name]);
  if (row === undefined) throw unknown(place);
  return toCredential(row);
}

interface Locked {
  readonly id: number;
  readonly teamId: number;
  readonly isRevoked: boolean;
  readonly hasKey: boolean;
}

async function lock(sql: Sql, place: CredentialPlace): Promise<Locked> {
  const [row] = await sql.query<Locked>(
    `select k.id, k.team_id as "teamId", k.revoked_at is not null as "isRevoked", k.key_hash is not null as "hasKey"
     from credentials k join teams t on t.id = k.team_id where k.enabled and t.enabled and t.name = $1 and k.name = $2 for update of k`,
    [place.team, place.name],
  );
  if (row === undefined) throw unknown(place);
  return row;
}

type Columns = ReadonlyMap<string, unknown>;

/** The columns of what is given. @throws AppError `invalid_value` for a project or owner that does not exist */
async function columnsOf(sql: Sql, teamId: number, given: CredentialChange): Promise<Columns> {
  const { bounds, defaults } = given;
  const columns: Readonly<Record<string, unknown>> = {
    class: given.class,
    purpose: given.purpose,
    models: given.models,
    project_id: given.project === undefined || given.project === null ? given.project : await projectId(sql, teamId, given.project),
    owner_id: given.owner === undefined || given.owner === null ? given.owner : await userId(sql, given.owner),
    images_default: defaults?.images,
    models_default: defaults?.models,
    expires_at: bounds?.expiresAt,
    ip_allow: bounds?.ipAllow,
    endpoints: bounds?.endpoints,
    model_tiers: bounds?.modelTiers,
    max_cost_per_request_micro_usd: bounds?.maxCostPerRequestMicroUsd,
    requests_per_minute: bounds?.rate?.requestsPerMinute,
    tokens_per_minute: bounds?.rate?.tokensPerMinute,
    concurrent: bounds?.rate?.concurrent,
  };
  return new Map(Object.entries(columns).filter(([, value]) => value !== undefined));
}

/** Runs a statement with further columns behind its own parameters. */
function write(
  sql: Sql,
  columns: Columns,
  statement: (names: readonly string[], values: readonly string[]) => string,
  own: readonly unknown[],
): Promise<readonly { readonly id: number }[]> {
  const names = [...columns.keys()];
  const values = names.map((_name, index) => `$${own.length + index + 1}`);
  return sql.query<{ id: number }>(statement(names, values), [...own, ...columns.values()]);
}

async function projectId(sql: Sql, teamId: number, name: string): Promise<number> {
  const [row] = await sql.query<{ id: number }>('select id from projects where team_id = $1 and name = $2 and archived_at is null', [
    teamId,
    name,
  ]);
  if (row === undefined) throw new AppError('invalid_value', `The team has no open project ${JSON.stringify(name)}.`, { param: 'project' });
  return row.id;
}

/** Of the person with this e-mail or id. */
async function userId(sql: Sql, owner: string): Promise<number> {
  const [row] = await sql.query<{ id: number }>(
    'select id from users where (email = lower($1) or public_id = $1) and disabled_at is null',
    [owner],
  );
  if (row === undefined)
    throw new AppError('invalid_value', `There is no person ${JSON.stringify(owner)}. Invite them first.`, { param: 'owner' });
  return row.id;
}

function ownerOf(teamId: number, id: number): BudgetOwner {
  return { kind: 'credential', teamId, key: String(id) };
}

function amount(text: string | undefined): MicroUsd | null {
  return text === undefined ? null : BigInt(text);
}

function titleOf({ team, name }: CredentialPlace): string {
  return `${team}/${name}`;
}

function unknown({ team, name }: CredentialPlace): AppError {
  return new AppError('not_found', `The team ${JSON.stringify(team)} has no credential ${JSON.stringify(name)}.`);
}

function inUse(credential: NewCredential, cause: unknown): AppError {
  return new AppError(
    'conflict',
    `A credential ${titleOf(credential)}, or another one with this key, exists already. Choose another name.`,
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
    managedBy: managedBy(row.source),
    frozenBy: row.frozen_by,
    frozenReason: row.frozen_reason,
    state: row.state,
    project: row.project_name,
    owner: row.owner,
    purpose: row.purpose,
    limits: { total: amount(row.limits.total), monthly: amount(row.limits.monthly), daily: amount(row.limits.daily) },
    spentMicroUsd: row.spent,
    heldMicroUsd: row.held,
    models: row.models,
    bounds: ownBoundsOf(row),
    defaults: { images: row.images_default, models: row.models_default },
    hint: row.hint,
    formerKeys: row.former_keys.map(({ hint, valid_until }) => ({ hint, validUntil: new Date(valid_until) })),
    createdAt: row.created_at,
    rotatedAt: row.rotated_at,
    lastUsedAt: row.last_used_at,
    revokedAt: row.revoked_at,
  };
}
