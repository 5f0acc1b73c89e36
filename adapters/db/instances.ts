import type { InstanceStore } from '../../domain/stores';
import type { SqlPool } from './pool';

/** By the database's clock, which all instances share. */
const ALIVE = `last_seen > now() - interval '8 seconds'`;

/** The living processes that make calls. */
export function createInstanceStore(sql: SqlPool): InstanceStore {
  return {
    async heartbeat(instanceId, role) {
      await sql.named(
        'heartbeat',
        'insert into instances (id, role, last_seen) values ($1, $2, now()) on conflict (id) do update set last_seen = now(), role = excluded.role',
        [instanceId, role],
      );
    },
    async isAlive(instanceId) {
      return (await sql.query(`select 1 from instances where id = $1 and ${ALIVE}`, [instanceId])).length > 0;
    },
    async remove(instanceId) {
      await sql.query(`delete from instances where id = $1 or last_seen < now() - interval '1 day'`, [instanceId]);
    },
    async count(role) {
      const rows = await sql.query<{ count: number }>(`select count(*)::int as count from instances where role = $1 and ${ALIVE}`, [role]);
      return rows[0]?.count ?? 0;
    },
  };
}
