import { AppError } from '../../../domain/errors';
import { keptForm } from '../../../domain/migration/legacy-key';
import type { SplitBy, Traffic, TrafficStore, TrafficWish } from '../../../domain/migration/traffic';
import type { DescribedKey, SecretBox } from '../../../domain/access/secrets';
import type { Sql, SqlPool } from '../connection/pool';
import { book } from './delta';
import { recordsOf } from './records';
import { IS_OLD_SIDE } from './side';
import { spentHere } from './spent';
import { takeKeys, takeMembers } from './states';

/** The way of moves in Postgres. */
export function createTrafficStore(pool: SqlPool, secrets: SecretBox & { describe(key: string): DescribedKey }): TrafficStore {
  return {
    find: (id) => findTraffic(pool, id),
    set: (id, wish) =>
      pool.transaction(async (sql) => {
        await sql.query(
          `insert into import_traffic (import_id, provider, models, here, split_by) values ($1, $2, $3, $4, $5)
           on conflict (import_id) do update set provider = excluded.provider, models = excluded.models, here = excluded.here,
             split_by = excluded.split_by, updated_at = now()`,
          [id, wish.provider, wish.models, wish.here, wish.splitBy],
        );
        await sql.query('delete from import_shares where import_id = $1', [id]);
        await writeShares(sql, id, wish);
        await sql.query('select touch_catalogue()');
      }),
    keep: (id, keys) =>
      pool.transaction(async (sql) => {
        const described = keys.map(({ legacyId, key }) => ({
          legacy_id: legacyId,
          key_hash: secrets.describe(keptForm(key)).hash,
          sealed: secrets.seal(keptForm(key)),
        }));
        const [begun] = await sql.query('select from import_traffic where import_id = $1 for update', [id]);
        if (begun === undefined) throw new AppError('conflict', 'Say first where the old gateway is: PUT /admin/v1/imports/{id}/traffic.');
        const kept = await sql.query<{ legacy_id: string }>(KEEP, [id, JSON.stringify(described)]);
        const known = new Set(kept.map((row) => row.legacy_id));
        await sql.query('select touch_catalogue()');
        return keys.flatMap(({ legacyId }) => (known.has(legacyId) ? [] : [legacyId]));
      }),
    spent: (id) => spentHere(pool, id),
    end: (id) =>
      pool.transaction(async (sql) => {
        const [open] = await sql.query<{ n: number }>(OPEN_THERE, [id]);
        if (open !== undefined && open.n > 0) {
          throw new AppError('conflict', `${String(open.n)} generations are still running at the old gateway. End it when they are done.`);
        }
        await sql.query('delete from import_traffic where import_id = $1', [id]);
        await sql.query('select touch_catalogue()');
      }),
    book: (id, of, rows, dryRun) =>
      pool.transaction(async (sql) => {
        // One at a time, so that a repeat sees what the first one did.
        await sql.query('select from imports where id = $1 for update', [id]);
        return book(sql, id, of, rows, dryRun);
      }),
    takeKeys: (id, rows, dryRun) =>
      pool.transaction(async (sql) => {
        await sql.query('select from imports where id = $1 for update', [id]);
        return takeKeys(sql, id, rows, dryRun);
      }),
    takeMembers: (id, rows, dryRun) =>
      pool.transaction(async (sql) => {
        await sql.query('select from imports where id = $1 for update', [id]);
        return takeMembers(sql, id, rows, dryRun);
      }),
    records: (id, page) => recordsOf(pool, id, page),
  };
}

// Positions come from the row of the source, so that a rehearsal elsewhere sends the same keys the same way.
const POSITION = (legacyId: string): string => `('x' || substr(md5(i.source || '/' || ${legacyId}), 1, 8))::bit(32)::bigint % 10000`;

const KEEP = `
  with given as (select * from json_to_recordset($2) as g(legacy_id text, key_hash text, sealed text)),
  kept as (
    insert into import_keys (credential_id, import_id, key_encrypted, key_position, owner_position)
    select k.id, i.id, g.sealed, ${POSITION('g.legacy_id')}, ${POSITION(`coalesce(owner.legacy_id, g.legacy_id)`)}
    from given g
    join imports i on i.id = $1
    join imported_rows r on r.import_id = i.id and r.entity = 'credential' and r.legacy_id = g.legacy_id
    join credentials k on k.id = r.object::int
    left join lateral (
      select m.legacy_id from imported_rows m
      where m.import_id = i.id and m.entity = 'member' and m.object = k.owner_id::text order by m.legacy_id limit 1
    ) as owner on true
    where k.key_hash = g.key_hash or exists (select from former_keys f where f.credential_id = k.id and f.key_hash = g.key_hash)
    on conflict (credential_id) do update set key_encrypted = excluded.key_encrypted
    returning credential_id
  )
  select r.legacy_id from kept join imported_rows r on r.import_id = $1 and r.entity = 'credential' and r.object = kept.credential_id::text`;

const OPEN_THERE = `
  select count(*)::int as n from tasks t join import_keys o on o.credential_id = t.credential_id
  where o.import_id = $1 and t.finished_at is null and t.routing -> 'ownKey' is not null`;

async function writeShares(sql: Sql, id: string, { teams, keys }: TrafficWish): Promise<void> {
  const made = await sql.query<{ place: number }>(
    `insert into import_shares (import_id, team_id, credential_id, here)
     select $1, case when g.name is null then t.id end, k.id, g.here
     from json_to_recordset($2) as g(team text, name text, here int)
     join teams t on t.name = g.team and t.enabled
     left join credentials k on k.team_id = t.id and k.name = g.name
     where g.name is null or k.id is not null
     returning 1 as place`,
    [
      id,
      JSON.stringify([...teams.map(({ team, here }) => ({ team, here })), ...keys.map(({ team, name, here }) => ({ team, name, here }))]),
    ],
  );
  if (made.length === teams.length + keys.length) return;
  throw new AppError('invalid_value', 'A team or key with a share of its own is not known here.', {
    param: keys.length === 0 ? 'teams' : 'keys',
  });
}

interface TrafficRow {
  readonly provider: string;
  readonly models: readonly string[] | null;
  readonly here: number;
  readonly split_by: SplitBy;
  readonly began_at: Date;
  readonly updated_at: Date;
  readonly kept: number;
  readonly at_old: number;
  readonly shares: readonly { readonly team: string; readonly name: string | null; readonly here: number }[];
}

async function findTraffic(sql: Sql, id: string): Promise<Traffic | null> {
  const [row] = await sql.query<TrafficRow>(
    `select g.provider, g.models, g.here, g.split_by, g.began_at, g.updated_at, coalesce(sides.kept, 0) as kept, coalesce(sides.at_old, 0) as at_old,
       (select coalesce(json_agg(json_build_object('team', t.name, 'name', c.name, 'here', s.here) order by t.name, c.name nulls first), '[]')
        from import_shares s left join credentials c on c.id = s.credential_id join teams t on t.id = coalesce(s.team_id, c.team_id)
        where s.import_id = g.import_id) as shares
     from import_traffic g left join lateral (
       select count(*)::int as kept, (count(*) filter (where ${IS_OLD_SIDE}))::int as at_old
       from import_keys o join credentials k on k.id = o.credential_id where o.import_id = g.import_id
     ) as sides on true
     where g.import_id = $1`,
    [id],
  );
  if (row === undefined) return null;
  return {
    provider: row.provider,
    models: row.models,
    here: row.here,
    splitBy: row.split_by,
    teams: row.shares.flatMap(({ team, name, here }) => (name === null ? [{ team, here }] : [])),
    keys: row.shares.flatMap(({ team, name, here }) => (name === null ? [] : [{ team, name, here }])),
    beganAt: row.began_at,
    updatedAt: row.updated_at,
    counts: { kept: row.kept, here: row.kept - row.at_old, old: row.at_old },
  };
}
