import { randomBytes } from 'node:crypto';
import type { Secrets } from '../../../domain/access/secrets';
import type { ImportOutcome, ImportStore, ImportedTeam } from '../../../domain/migration/import';
import type { TrafficStore } from '../../../domain/migration/traffic';
import type { Sql, SqlPool } from '../connection/pool';
import { importCredentials, keysOf } from './credentials';
import { importTasks, importUsage } from './history';
import { importMembers } from './members';
import { knownRows, noteRows, outcomeOf, teamsNamed, type Move } from './rows';
import { findImport, listImports, requireImport } from './state';
import { createTrafficStore } from './traffic';

/** All that is kept of moves from other gateways. */
export function createMoveStores(pool: SqlPool, secrets: Secrets): { readonly imports: ImportStore; readonly importTraffic: TrafficStore } {
  return { imports: createImportStore(pool, secrets), importTraffic: createTrafficStore(pool, secrets) };
}

/** Moves from other gateways in Postgres. */
function createImportStore(pool: SqlPool, secrets: Pick<Secrets, 'newCallbackSecret' | 'seal'>): ImportStore {
  const within = ({ id, dryRun }: Move, isEmpty: boolean, work: (sql: Sql) => Promise<ImportOutcome>): Promise<ImportOutcome> => {
    if (isEmpty) return Promise.resolve(outcomeOf([], 0, []));
    return pool.transaction(async (sql) => {
      // One group of a move at a time, so that a repeat sees what the first one did.
      await sql.query('select from imports where id = $1 for update', [id]);
      const outcome = await work(sql);
      if (!dryRun && outcome.imported > 0) await sql.query('update imports set updated_at = now() where id = $1', [id]);
      return outcome;
    });
  };
  return {
    async begin({ source, product, location }, plan) {
      await pool.query(
        `insert into imports (id, source, product, location, plan) values ($1, $2, $3, $4, $5)
         on conflict (source) do update set plan = coalesce(excluded.plan, imports.plan)`,
        [`imp_${randomBytes(12).toString('hex')}`, source, product, location, plan === null ? null : JSON.stringify(plan)],
      );
      const [row] = await pool.query<{ id: string }>('select id from imports where source = $1', [source]);
      return row?.id ?? '';
    },
    find: (id) => findImport(pool, id),
    require: (id) => requireImport(pool, id),
    list: () => listImports(pool),
    teams: (id, rows, { dryRun }) => within({ id, dryRun }, rows.length === 0, (sql) => importTeams(sql, { id, dryRun }, rows, secrets)),
    members: (id, rows, { dryRun }) => within({ id, dryRun }, rows.length === 0, (sql) => importMembers(sql, { id, dryRun }, rows)),
    credentials: (id, rows, { dryRun }) => within({ id, dryRun }, rows.length === 0, (sql) => importCredentials(sql, { id, dryRun }, rows)),
    tasks: (id, rows, { dryRun }) => within({ id, dryRun }, rows.length === 0, (sql) => importTasks(sql, { id, dryRun }, rows)),
    usage: (id, rows, through, { dryRun }) =>
      within({ id, dryRun }, rows.length === 0 && through === 0, (sql) => importUsage(sql, { id, dryRun }, rows, through)),
    async known(id, entity, legacyIds) {
      const rows = await knownRows(pool, id, entity, legacyIds);
      return new Map([...rows].map(([legacyId, { object }]) => [legacyId, object]));
    },
    note: (id, entity, legacyId, name) => noteRows(pool, id, entity, [{ legacyId, object: name, amount: null }]),
    keys: (id, legacyIds) => keysOf(pool, id, legacyIds),
  };
}

/** A team that is there already is joined when its calls cost the same. */
async function importTeams(
  sql: Sql,
  { id, dryRun }: { readonly id: string; readonly dryRun: boolean },
  rows: readonly ImportedTeam[],
  secrets: Pick<Secrets, 'newCallbackSecret' | 'seal'>,
): Promise<ImportOutcome> {
  const known = await knownRows(
    sql,
    id,
    'team',
    rows.map(({ legacyId }) => legacyId),
  );
  const fresh = rows.filter(({ legacyId }) => !known.has(legacyId));
  const there = await teamsNamed(
    sql,
    fresh.map(({ name }) => name),
  );
  const isOther = ({ name, priceFactor }: ImportedTeam): boolean => {
    const team = there.get(name);
    return team !== undefined && Number(team.price_factor) !== Number(priceFactor);
  };
  const refused = fresh.filter(isOther);
  const wanted = fresh.filter((row) => !isOther(row));
  if (!dryRun && wanted.length > 0) {
    for (const { name, priceFactor } of wanted) {
      if (there.has(name)) continue;
      await sql.query(
        `insert into teams (name, callback_secret_encrypted, source, price_factor) values ($1, $2, 'api', $3)
         on conflict (name) do update set enabled = true, source = 'api', price_factor = excluded.price_factor, updated_at = now() where not teams.enabled`,
        [name, secrets.seal(secrets.newCallbackSecret()), priceFactor],
      );
    }
    const made = await teamsNamed(
      sql,
      wanted.map(({ name }) => name),
    );
    await noteRows(
      sql,
      id,
      'team',
      wanted.map(({ legacyId, name }) => ({ legacyId, object: String(made.get(name)?.id ?? ''), amount: null })),
    );
    await sql.query('select touch_catalogue()');
  }
  return outcomeOf(
    rows,
    known.size,
    refused.map(({ legacyId }) => ({ legacyId, reason: 'name_in_use' as const })),
  );
}
