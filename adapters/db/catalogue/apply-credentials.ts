import { isDeepStrictEqual } from 'node:util';
import type { ConfigCredential, ConfigTeam } from '../../../domain/config/document';
import { AppError } from '../../../domain/errors';
import type { KeyMint } from '../../../domain/access/secrets';
import type { Sql } from '../connection/pool';
import type { OwnerLimits } from '../money/budgets';
import { BOUNDS_COLUMNS, ownBoundsOf, type BoundsRow } from './caller';
import type { Changes } from './changes';

interface CredentialRow extends BoundsRow {
  readonly purpose: string | null;
  readonly id: number;
  readonly team_id: number;
  readonly team_name: string;
  readonly name: string;
  readonly class: string;
  readonly key_hash: string | null;
  readonly models: readonly string[];
  readonly images_default: string;
  readonly models_default: string | null;
  readonly source: string;
  readonly enabled: boolean;
  readonly revoked_at: Date | null;
}

interface Wanted {
  readonly teamId: number;
  readonly label: string;
  readonly credential: ConfigCredential;
  readonly hash: string;
  /** null: that of the key that it keeps. */
  readonly hint: string | null;
  readonly row: CredentialRow | undefined;
}

/**
 * Makes the credentials equal to the document's; answers the limits of their accounts.
 * @throws AppError `conflict` when a key belongs to a credential that keeps it, or there is none to keep
 */
export async function applyCredentials(
  sql: Sql,
  teams: readonly { readonly team: ConfigTeam; readonly teamId: number }[],
  mint: KeyMint,
  changes: Changes,
): Promise<readonly OwnerLimits[]> {
  const rows = await sql.query<CredentialRow>(
    `select k.id, k.team_id, t.name as team_name, k.name, k.class, k.key_hash, k.models, k.images_default, k.models_default,
       k.source, k.enabled, k.revoked_at, k.purpose, ${BOUNDS_COLUMNS}
     from credentials k join teams t on t.id = k.team_id left join projects p on p.id = k.project_id`,
  );
  const wanted = teams.flatMap(({ team, teamId }) =>
    team.credentials.map((credential): Wanted => {
      const row = rows.find(({ team_id, name }) => team_id === teamId && name === credential.name);
      const label = `${team.name}/${credential.name}`;
      return { teamId, label, credential, row, ...describeKey(credential, row, label, mint) };
    }),
  );
  await disableUnnamed(sql, rows, wanted, changes);
  await freeKeys(sql, rows, wanted);
  const limits: OwnerLimits[] = [];
  for (const one of wanted) {
    const id = await applyCredential(sql, one, changes);
    limits.push({ kind: 'credential', teamId: one.teamId, key: String(id), limits: one.credential.limits });
  }
  return limits;
}

function describeKey(
  { key }: ConfigCredential,
  row: CredentialRow | undefined,
  label: string,
  mint: KeyMint,
): { readonly hash: string; readonly hint: string | null } {
  if (key !== null) return mint.describe(key);
  const kept = row?.key_hash ?? null;
  if (kept === null) throw new AppError('conflict', `The credential ${label} has no key that it could keep. Give its key.`);
  return { hash: kept, hint: null };
}

async function disableUnnamed(sql: Sql, rows: readonly CredentialRow[], wanted: readonly Wanted[], changes: Changes): Promise<void> {
  const named = new Set(wanted.map(({ row }) => row?.id));
  const gone = rows.filter((row) => row.enabled && row.source === 'config' && !named.has(row.id));
  await sql.query('update credentials set enabled = false, updated_at = now() where id = any($1::int[])', [gone.map(({ id }) => id)]);
  gone.forEach((row) => changes.note('disabled', `credential ${row.team_name}/${row.name}`));
}

/** A key may move from one credential of the file to another (a rename, a swap): its former holder lets go of it first. */
async function freeKeys(sql: Sql, rows: readonly CredentialRow[], wanted: readonly Wanted[]): Promise<void> {
  const moving: number[] = [];
  for (const { hash, row, label } of wanted) {
    const holder = rows.find((other) => other.key_hash === hash && other.id !== row?.id);
    if (holder === undefined) continue;
    const holderName = `${holder.team_name}/${holder.name}`;
    const keeps = holder.source !== 'config' || wanted.some((other) => other.row?.id === holder.id && other.hash === hash);
    if (keeps || holder.revoked_at !== null) {
      const why = holder.revoked_at === null ? 'is used by' : 'was revoked with';
      throw new AppError('conflict', `The key of credential ${label} ${why} credential ${holderName} already. Give it its own key.`);
    }
    moving.push(holder.id);
  }
  await sql.query('update credentials set key_hash = null where id = any($1::int[])', [moving]);
}

async function applyCredential(sql: Sql, { teamId, label, credential, hash, hint, row }: Wanted, changes: Changes): Promise<number> {
  const [owner] =
    credential.owner === null ? [] : await sql.query<{ id: number }>('select id from users where email = lower($1)', [credential.owner]);
  const ownerId = owner?.id ?? null;
  const isSame =
    row !== undefined &&
    row.enabled &&
    row.source === 'config' &&
    row.key_hash === hash &&
    row.class === credential.class &&
    row.images_default === credential.defaults.images &&
    row.models_default === credential.defaults.models &&
    row.models.join('\n') === credential.models.join('\n') &&
    row.purpose === credential.purpose &&
    row.project_name === credential.project &&
    row.owner_id === ownerId &&
    isDeepStrictEqual(ownBoundsOf(row), credential.bounds);
  if (isSame) {
    changes.note('unchanged', `credential ${label}`);
    return row.id;
  }
  const [written] = await sql.query<{ id: number }>(
    `insert into credentials as c (team_id, name, class, key_hash, hint, models, images_default, models_default, source)
     values ($1, $2, $3, $4, coalesce($5, ''), $6, $7, $8, 'config')
     on conflict (team_id, name) do update set class = excluded.class, key_hash = excluded.key_hash, hint = coalesce($5, c.hint),
       models = excluded.models, images_default = excluded.images_default, models_default = excluded.models_default,
       source = 'config', enabled = true, updated_at = now(),
       -- A revoked key stays revoked, whatever the file says; another key is a new start.
       revoked_at = case when c.key_hash = excluded.key_hash then c.revoked_at end
     returning id`,
    [teamId, credential.name, credential.class, hash, hint, credential.models, credential.defaults.images, credential.defaults.models],
  );
  const { expiresAt, ipAllow, endpoints, modelTiers, maxCostPerRequestMicroUsd, rate } = credential.bounds;
  await sql.query(
    `update credentials set purpose = $2, owner_id = $3, expires_at = $4, ip_allow = $5, endpoints = $6, model_tiers = $7,
       max_cost_per_request_micro_usd = $8, requests_per_minute = $9, tokens_per_minute = $10, concurrent = $11,
       project_id = (select p.id from projects p where p.team_id = credentials.team_id and p.name = $12)
     where id = $1`,
    [
      written?.id,
      credential.purpose,
      ownerId,
      expiresAt,
      ipAllow,
      endpoints,
      modelTiers,
      maxCostPerRequestMicroUsd?.toString() ?? null,
      rate.requestsPerMinute,
      rate.tokensPerMinute,
      rate.concurrent,
      credential.project,
    ],
  );
  changes.note(row === undefined ? 'created' : 'updated', `credential ${label}`);
  return written?.id ?? 0;
}
