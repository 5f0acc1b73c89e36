import type { InstanceStore } from '../../../domain/upkeep';
import type { SqlPool } from '../connection/pool';

/** Held by an instance's listening connection, which the system closes at the moment the process dies. `$1`: the instance. */
export const HOLD_SESSION = `select pg_advisory_lock_shared(hashtext('atelier instance'), hashtext($1))`;

/** What `HOLD_SESSION` leaves to be seen, as long as the connection stands. */
const HAS_SESSION = `exists (
  select 1 from pg_locks l
  where l.locktype = 'advisory' and l.objsubid = 2 and l.database = (select oid from pg_database where datname = current_database())
    and l.classid::bigint = hashtext('atelier instance')::bigint & 4294967295 and l.objid::bigint = hashtext(instances.id)::bigint & 4294967295)`;

// By the database's clock, which all instances share.
const seenWithin = (seconds: number) => `last_seen > now() - interval '${String(seconds)} seconds'`;

/** Serves: a slow one may be late with its word as long as its connection stands; one whose connection broke opens another and has spoken. */
export const SERVES = `${seenWithin(8)} and (${seenWithin(3)} or ${HAS_SESSION})`;

/**
 * May still make its calls. Careful, as what is judged lost is not waited for: no word for a minute, or a closed connection and no word for
 * 8 s. Right after a start of Postgres nobody is judged lost: nobody had a chance to speak.
 */
export const LIVES = `${seenWithin(8)} or (${seenWithin(60)} and ${HAS_SESSION}) or pg_postmaster_start_time() > now() - interval '5 seconds'`;

/** The living processes that make calls. */
export function createInstanceStore(sql: SqlPool): InstanceStore {
  return {
    async heartbeat(instanceId, role, version) {
      await sql.named(
        'heartbeat',
        `insert into instances (id, role, version, last_seen) values ($1, $2, $3, now())
         on conflict (id) do update set last_seen = now(), role = excluded.role`,
        [instanceId, role, version ?? null],
      );
    },
    async isAlive(instanceId) {
      return (await sql.query(`select 1 from instances where id = $1 and (${LIVES})`, [instanceId])).length > 0;
    },
    async remove(instanceId) {
      await sql.query(`delete from instances where id = $1 or last_seen < now() - interval '1 day'`, [instanceId]);
    },
    async count(role) {
      const rows = await sql.query<{ count: number }>(`select count(*)::int as count from instances where role = $1 and ${SERVES}`, [role]);
      return rows[0]?.count ?? 0;
    },
  };
}
