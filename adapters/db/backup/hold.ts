import { setTimeout as sleep } from 'node:timers/promises';
import type { BackupHold } from '../../../domain/backup/ports';
import { connect } from './client';

/** A backup whose process died holds nothing up for longer. */
const HELD = `interval '10 minutes'`;
const PUT_OFF_EVERY_MS = 60_000;
/** A removal that was decided just before the hold has been carried out by now. */
const SETTLES_MS = 1_000;

// One that was asked for by the API has its row already.
const BEGIN = `
  insert into backups (id, held_until, started_at, place, version) values ($1, now() + ${HELD}, now(), $2, $3)
  on conflict (id) do update set held_until = excluded.held_until, version = excluded.version`;
const PUT_OFF = `update backups set held_until = now() + ${HELD} where id = $1`;
const TELL_ROWS = 'update backups set table_count = $2, of_tables = $3, row_count = $4 where id = $1';
const TELL_OBJECTS = 'update backups set object_count = $2, byte_count = $3 where id = $1';
const SUCCEED = `
  update backups set state = 'succeeded', ended_at = now(), fault = null, snapshot_at = $2, master_key = $3, table_count = $4, of_tables = $4,
    row_count = $5, object_count = $6, byte_count = $7, part_count = $8, missing_objects = $9
  where id = $1`;
/** Of a backup that is over: its hold is, too. */
export const END_FAILED = `update backups set state = 'failed', ended_at = now(), fault = $2::jsonb where id = $1`;

/** Says that a backup is being made, over connections of its own. */
export async function holdRemovals(
  url: string,
  backupId: string,
  about: { readonly place: string; readonly version: string },
): Promise<BackupHold> {
  const run = async (text: string, ...values: readonly unknown[]): Promise<void> => {
    const client = await connect(url, 'atelier backup (hold)');
    try {
      await client.query(text, [backupId, ...values]);
    } finally {
      await client.end();
    }
  };
  await run(BEGIN, about.place, about.version);
  // One that fails is made up for by the next: the hold lasts for ten of them.
  const timer = setInterval(() => void run(PUT_OFF).catch(() => undefined), PUT_OFF_EVERY_MS);
  timer.unref();
  await sleep(SETTLES_MS);
  return {
    async tell(progress) {
      if (progress.step === 'rows') await run(TELL_ROWS, progress.tables, progress.ofTables, progress.rows);
      else await run(TELL_OBJECTS, progress.objects, progress.bytes);
    },
    async succeed({ snapshotAt, masterKey, tables, rows, objects, bytes, parts, missingObjects }) {
      clearInterval(timer);
      await run(SUCCEED, snapshotAt, masterKey, tables, rows, objects, bytes, parts, missingObjects);
    },
    async fail(fault) {
      clearInterval(timer);
      await run(END_FAILED, JSON.stringify(fault));
    },
  };
}
