import type { ImportOutcome, ImportRefusal, ImportedCredential, ImportedKeyState } from '../../../domain/migration/import';
import type { Sql } from '../connection/pool';
import { storable } from '../tasks/parameters';
import { knownRows, noteRows, outcomeOf, teamsNamed, type Move } from './rows';

/** Keys with their limits. */
export async function importCredentials(sql: Sql, { id, dryRun }: Move, rows: readonly ImportedCredential[]): Promise<ImportOutcome> {
  const known = await knownRows(
    sql,
    id,
    'credential',
    rows.map(({ legacyId }) => legacyId),
  );
  const fresh = rows.filter(({ legacyId }) => !known.has(legacyId));
  const teams = await teamsNamed(
    sql,
    fresh.map(({ team }) => team),
  );
  const owners = await knownRows(
    sql,
    id,
    'member',
    fresh.map(({ ownerId }) => ownerId),
  );
  const taken = await takenBy(sql, fresh, teams);
  const reasonOf = (row: ImportedCredential): ImportRefusal | null => {
    if (taken.hashes.has(row.keyHash)) return 'key_in_use';
    if (!dryRun && !teams.has(row.team)) return 'team_missing';
    if (!dryRun && !owners.has(row.ownerId)) return 'owner_missing';
    return taken.names.has(`${row.team}/${row.name}`) ? 'name_in_use' : null;
  };
  const skipped = fresh.flatMap((row) => {
    const reason = reasonOf(row);
    return reason === null ? [] : [{ legacyId: row.legacyId, reason }];
  });
  const placed = fresh.filter((row) => reasonOf(row) === null);
  if (!dryRun && placed.length > 0) {
    const made = await sql.query<{ id: number; key_hash: string }>(INSERT, [
      JSON.stringify(
        placed.map((row) => ({
          team_id: teams.get(row.team)?.id,
          name: storable(row.name),
          class: row.class,
          key_hash: row.keyHash,
          hint: row.hint,
          models: row.models,
          owner_id: Number(owners.get(row.ownerId)?.object),
          expires_at: row.expiresAt?.toISOString() ?? null,
          ip_allow: row.ipAllow,
          enabled: row.enabled,
          owner_enabled: row.ownerEnabled,
        })),
      ),
    ]);
    const idOf = new Map(made.map((row) => [row.key_hash, row.id]));
    const limited = placed.filter(({ limitMicroUsd }) => limitMicroUsd !== null);
    if (limited.length > 0) {
      await sql.query('select open_balances($1, $2::int[], $3::text[], $4::bigint[], $5)', [
        'credential',
        limited.map(({ team }) => teams.get(team)?.id ?? 0),
        limited.map(({ keyHash }) => String(idOf.get(keyHash) ?? 0)),
        limited.map(({ limitMicroUsd }) => (limitMicroUsd ?? 0n).toString()),
        `what was left of the key, move ${id}`,
      ]);
    }
    await noteRows(
      sql,
      id,
      'credential',
      placed.map(({ legacyId, keyHash, atSourceMicroUsd, sourceState }) => ({
        legacyId,
        object: String(idOf.get(keyHash) ?? 0),
        amount: null,
        atSource: atSourceMicroUsd,
        sourceState,
      })),
    );
    await sql.query('select touch_catalogue()');
  }
  return outcomeOf(rows, known.size, skipped);
}

const INSERT = `
  insert into credentials (team_id, name, class, key_hash, hint, models, owner_id, source, expires_at, ip_allow, revoked_at)
  select team_id, given.name, class, key_hash, hint, models, owner_id, 'api', expires_at, ip_allow,
    case when not enabled or (not owner_enabled and u.disabled_at is null) then now() end
  from json_to_recordset($1) as given(team_id int, name text, class text, key_hash text, hint text, models text[], owner_id int,
                                      expires_at timestamptz, ip_allow text[], enabled boolean, owner_enabled boolean)
  join users u on u.id = given.owner_id
  returning id, key_hash`;

/** Hashes and names that somebody has already. */
async function takenBy(sql: Sql, rows: readonly ImportedCredential[], teams: ReadonlyMap<string, { readonly id: number }>) {
  const hashes = await sql.query<{ key_hash: string }>(
    `select key_hash from credentials where key_hash = any($1::text[]) union select key_hash from former_keys where key_hash = any($1::text[])`,
    [rows.map(({ keyHash }) => keyHash)],
  );
  const there = rows.filter(({ team }) => teams.has(team));
  const names = await sql.query<{ place: string }>(
    `select t.name || '/' || k.name as place from credentials k join teams t on t.id = k.team_id
     join unnest($1::int[], $2::text[]) as given(team_id, name) on given.team_id = k.team_id and given.name = k.name`,
    [there.map(({ team }) => teams.get(team)?.id ?? 0), there.map(({ name }) => storable(name))],
  );
  return { hashes: new Set(hashes.map((row) => row.key_hash)), names: new Set(names.map(({ place }) => place)) };
}

interface KeyRow {
  readonly legacy_id: string;
  readonly team: string;
  readonly name: string;
  readonly owner: string | null;
  readonly limit_micro_usd: bigint | null;
  readonly expires_at: Date | null;
  readonly models: readonly string[];
  readonly is_revoked: boolean;
  readonly key_hash: string | null;
}

/** Keys that came in, as they are now. */
export async function keysOf(sql: Sql, id: string, legacyIds: readonly string[]): Promise<readonly ImportedKeyState[]> {
  const rows = await sql.query<KeyRow>(
    `select r.legacy_id, t.name as team, k.name, u.email as owner, b.limit_micro_usd, k.expires_at, k.models, k.key_hash,
       k.revoked_at is not null or u.disabled_at is not null as is_revoked
     from imported_rows r join credentials k on k.id = r.object::int join teams t on t.id = k.team_id left join users u on u.id = k.owner_id
     left join budgets b on b.kind = 'credential' and b.team_id = k.team_id and b.key = k.id::text and b.period = 'total'
     where r.import_id = $1 and r.entity = 'credential' and r.legacy_id = any($2::text[])`,
    [id, legacyIds],
  );
  return rows.map((row) => ({
    legacyId: row.legacy_id,
    team: row.team,
    name: row.name,
    owner: row.owner,
    limitMicroUsd: row.limit_micro_usd,
    expiresAt: row.expires_at,
    models: row.models,
    revoked: row.is_revoked,
    keyHash: row.key_hash ?? '',
  }));
}
