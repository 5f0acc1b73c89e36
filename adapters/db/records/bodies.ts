import type { BodyStore } from '../../../domain/records/bodies';
import type { SqlPool } from '../connection/pool';

const KEEP = `
  insert into call_bodies (call_id, team_id, key, key_encrypted, expires_at) values ($1, $2, $3, $4, now() + $5 * interval '24 hours')
  on conflict do nothing`;

const FIND = `
  select key, key_encrypted, expires_at from (
    select b.key, b.key_encrypted, bodies_end(b.created_at, b.expires_at, t.log_bodies, t.retention_days) as expires_at
    from call_bodies b join teams t on t.id = b.team_id where b.call_id = $1) as found
  where expires_at > now()`;

interface BodyRow {
  readonly key: string | null;
  readonly key_encrypted: string | null;
  readonly expires_at: Date;
}

/** What is kept of bodies, in Postgres; the bodies are in the vault. */
export function createBodyStore(sql: SqlPool): BodyStore {
  return {
    async keep({ callId, teamId, policy }, kept) {
      await sql.named('keep_bodies', KEEP, [callId, teamId, kept?.key ?? null, kept?.keyEncrypted ?? null, policy.retentionDays]);
    },
    async find(callId) {
      const [row] = await sql.query<BodyRow>(FIND, [callId]);
      if (row === undefined) return null;
      const { key, key_encrypted: keyEncrypted, expires_at: expiresAt } = row;
      return { kept: key === null || keyEncrypted === null ? null : { key, keyEncrypted }, expiresAt };
    },
  };
}
