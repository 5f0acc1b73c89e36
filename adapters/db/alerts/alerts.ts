import type { SecretBox } from '../../../domain/access/secrets';
import type { Alert, AlertBody, AlertStore } from '../../../domain/alert/rule';
import { AppError } from '../../../domain/errors';
import type { Sql, SqlPool } from '../connection/pool';
import { isUniqueViolation } from '../connection/sqlstate';
import { storable, storableJson } from '../tasks/parameters';
import { resolveIncidents } from './resolve';
import { ALERT_COLUMNS, ALERT_TABLES, alertOf, type AlertRow } from './row';

// Two at the same moment wait for each other, so that the count is right.
const COUNT = `select (select count(*)::int from alerts where deleted_at is null and source = 'api') as count from alert_clock for update`;
const INSERT = `
  insert into alerts (id, name, source, rule, team_id, credential_id, settings, channels_encrypted, enabled)
  values ($1, $2, $3, $4, $5, $6, $7::json, $8, $9)`;
const UPDATE = `
  update alerts set name = $2, rule = $3, team_id = $4, credential_id = $5, settings = $6::json, channels_encrypted = $7, enabled = $8, updated_at = now()
  where id = $1 and deleted_at is null returning id`;
const FIND = `select ${ALERT_COLUMNS} from ${ALERT_TABLES} where a.deleted_at is null and (a.id = $1 or a.name = $1) order by a.id = $1 desc limit 1`;
const LIST = `
  select ${ALERT_COLUMNS} from ${ALERT_TABLES}
  where a.deleted_at is null and ($1::text is null or a.rule = $1) and ($2::text is null or t.name = $2) and ($3::text is null or a.id < $3)
  order by a.id desc limit $4`;
const ENABLED = `select ${ALERT_COLUMNS} from ${ALERT_TABLES} where a.deleted_at is null and a.enabled order by a.id`;
const REMOVE = 'update alerts set deleted_at = now(), enabled = false where id = $1 and deleted_at is null returning id';
const NOTE_FAILURE = `
  update alerts set failure = $2, failure_code = $4, failed_since = case when $2::text is null then null else coalesce(failed_since, $3::timestamptz) end
  where id = $1 and (failure, failure_code) is distinct from ($2, $4)`;
const OPEN_OF = 'select id from incidents where alert_id = $1 and resolved_at is null for update';

/** Alerts in Postgres, their channels sealed. */
export function createAlertStore(pool: SqlPool, box: SecretBox): AlertStore {
  async function find(sql: Sql, idOrName: string): Promise<Alert | null> {
    const [row] = await sql.query<AlertRow>(FIND, [storable(idOrName)]);
    return row === undefined ? null : alertOf(row, box);
  }

  return {
    create: (alert, mostInAll) =>
      ofFreeName(alert.name, () =>
        pool.transaction(async (sql) => {
          const [held] = await sql.query<{ count: number }>(COUNT);
          if ((held?.count ?? 0) >= mostInAll) {
            throw new AppError('conflict', `There are ${mostInAll} alerts, the most there can be. Delete one first.`);
          }
          await insertAlert(sql, box, alert.id, 'api', alert);
          return expectFound(await find(sql, alert.id));
        }),
      ),
    find: (idOrName) => find(pool, idOrName),
    async noteFailure(id, failure, now) {
      await pool.query(NOTE_FAILURE, [id, failure === null ? null : storable(failure.message), now, failure?.code ?? null]);
    },
    async list({ rule, team, after, limit }) {
      const rows = await pool.query<AlertRow>(LIST, [rule ?? null, team === undefined ? null : storable(team), after ?? null, limit + 1]);
      return { data: rows.slice(0, limit).map((row) => alertOf(row, box)), hasMore: rows.length > limit };
    },
    change: (id, body) =>
      ofFreeName(body.name, () => pool.transaction(async (sql) => ((await updateAlert(sql, box, id, body)) ? find(sql, id) : null))),
    remove: (id, actor, now) =>
      pool.transaction(async (sql) => {
        if ((await sql.query(REMOVE, [id])).length === 0) return false;
        const open = await sql.query<{ id: string }>(OPEN_OF, [id]);
        await resolveIncidents(
          sql,
          open.map((incident) => incident.id),
          { actor, detail: 'its alert was deleted', now },
        );
        return true;
      }),
    async enabled() {
      return (await pool.query<AlertRow>(ENABLED)).map((row) => alertOf(row, box));
    },
  };
}

/** @throws AppError `invalid_value` for an unknown team or key */
export async function insertAlert(
  sql: Sql,
  box: Pick<SecretBox, 'seal'>,
  id: string,
  source: 'config' | 'api',
  body: AlertBody,
): Promise<void> {
  const { teamId, credentialId } = await placesOf(sql, body);
  const channels = box.seal(JSON.stringify(body.channels));
  await sql.query(INSERT, [id, body.name, source, body.rule, teamId, credentialId, storableJson(body.settings), channels, body.enabled]);
}

/** False: there is none. @throws AppError `invalid_value` for an unknown team or key */
export async function updateAlert(sql: Sql, box: SecretBox, id: string, body: AlertBody): Promise<boolean> {
  const { teamId, credentialId } = await placesOf(sql, body);
  const [kept] = await sql.query<{ sealed: string }>('select channels_encrypted as sealed from alerts where id = $1 for update', [id]);
  const text = JSON.stringify(body.channels);
  // Sealed anew, they would count as changed in the audit log.
  const channels = kept !== undefined && box.open(kept.sealed) === text ? kept.sealed : box.seal(text);
  const values = [id, body.name, body.rule, teamId, credentialId, storableJson(body.settings), channels, body.enabled];
  return (await sql.query(UPDATE, values)).length > 0;
}

async function placesOf(sql: Sql, { team, credential }: AlertBody): Promise<{ teamId: number | null; credentialId: number | null }> {
  if (team === null) return { teamId: null, credentialId: null };
  const [found] = await sql.query<{ id: number }>('select id from teams where name = $1', [storable(team)]);
  if (found === undefined)
    throw new AppError('invalid_value', `There is no team ${JSON.stringify(team.slice(0, 100))}.`, { param: 'team' });
  if (credential === null) return { teamId: found.id, credentialId: null };
  const [key] = await sql.query<{ id: number }>('select id from credentials where team_id = $1 and name = $2', [
    found.id,
    storable(credential),
  ]);
  if (key === undefined) {
    const what = `The team ${JSON.stringify(team)} has no key ${JSON.stringify(credential.slice(0, 100))}.`;
    throw new AppError('invalid_value', what, { param: 'credential' });
  }
  return { teamId: found.id, credentialId: key.id };
}

async function ofFreeName<T>(name: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    throw new AppError(
      'conflict',
      `There is an alert named ${JSON.stringify(name)} already. Choose another name.`,
      { param: 'name' },
      error,
    );
  }
}

function expectFound(alert: Alert | null): Alert {
  if (alert === null) throw new AppError('internal', 'An alert that was just written is not there.');
  return alert;
}
