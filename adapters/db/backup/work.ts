import type { BackupJob, BackupWork } from '../../../domain/backup/backup';
import type { SqlPool } from '../connection/pool';
import { LIVES } from '../upkeep/instances';
import { END_FAILED } from './hold';

const CLAIM = `
  with next as (
    select id, state = 'queued' as is_new from backups where state = 'queued' or verify_state = 'queued'
    order by coalesce(verify_asked_at, asked_at) limit 1 for update skip locked)
  update backups b set
    state = case when is_new then 'running' else b.state end,
    instance_id = case when is_new then $1 else b.instance_id end,
    started_at = case when is_new then now() else b.started_at end,
    verify_state = case when is_new then b.verify_state else 'running' end,
    verify_instance_id = case when is_new then b.verify_instance_id else $1 end
  from next where b.id = next.id
  returning b.id, b.place, case when next.is_new then 'create' else 'verify' end as kind`;

const isLost = (instance: string): string => `not exists (select from instances where id = ${instance} and (${LIVES}))`;

const WORDS = {
  create: 'The process that made it ended before it was complete. What lies at its place is no backup: make another one.',
  verify: 'The process that looked at it ended before it had read all of it. Verify it again.',
};

const END_LOST = `
  update backups b set state = 'failed', ended_at = now(), fault = jsonb_build_object('code', 'interrupted', 'message', $1::text)
  where state = 'running' and case when instance_id is null then held_until < now() else ${isLost('b.instance_id')} end`;

const END_LOST_LOOKS = `
  update backups b set verify_state = 'failed', verified_at = now(), problems = jsonb_build_array($1::text)
  where verify_state = 'running' and ${isLost('b.verify_instance_id')}`;

const END_LOOK = `
  update backups set verify_state = $2, problems = $3::jsonb, verified_at = now() where id = $1 and verify_state = 'running'`;

/** Backups as workers make and look at them. */
export function createBackupWork(pool: SqlPool): BackupWork {
  return {
    async claim(instanceId) {
      const [job] = await pool.query<BackupJob>(CLAIM, [instanceId]);
      return job ?? null;
    },
    async endLost() {
      await pool.query(END_LOST, [WORDS.create]);
      await pool.query(END_LOST_LOOKS, [WORDS.verify]);
    },
    async fail(id, fault) {
      await pool.query(END_FAILED, [id, JSON.stringify(fault)]);
    },
    async endVerification(id, state, problems) {
      await pool.query(END_LOOK, [id, state, JSON.stringify(problems)]);
    },
  };
}
