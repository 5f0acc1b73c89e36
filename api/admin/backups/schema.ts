import { z } from 'zod';
import { BACKUP_STATES, VERIFICATION_STATES } from '../../../domain/backup/backup';
import { listOf, pageLimit } from '../../fields/list';

/** Query of `GET /admin/v1/backups`. */
export const backupsQuery = z.strictObject({
  limit: pageLimit,
  status: z.enum(BACKUP_STATES).optional(),
  after: z.string().min(1).max(100).optional().describe('Id of the last one of the page before.'),
});

/** Body of `POST /admin/v1/backups` and `POST /admin/v1/backups/{id}/verify`: nothing is asked for. */
export const backupAskSchema = z.strictObject({}).meta({ id: 'BackupRequest' });

const time = z.iso.datetime();
const actor = z.string().describe('`user:user_…`, `admin_key`, or `cli`: by `atelier backup` on the servers.');
const actorName = z.string().nullable().describe('E-mail of a person.');

export const backupAnswer = z
  .object({
    object: z.literal('backup'),
    id: z.string(),
    status: z.enum(BACKUP_STATES),
    place: z
      .string()
      .nullable()
      .describe('Where it lies: a folder on the machine that made it, or s3://BUCKET/PREFIX; null: it was not kept.'),
    actor,
    actor_name: actorName,
    created_at: time.describe('When it was asked for.'),
    started_at: time.nullable(),
    ended_at: time.nullable(),
    snapshot_at: time.nullable().describe('The moment that its rows show.'),
    version: z.string().nullable().describe('Of Atelier: a restore needs this one or a later one.'),
    master_key: z
      .string()
      .nullable()
      .describe('Fingerprint of the master key, which is not in it and without which it cannot be restored.'),
    tables: z.int().describe('With partitions. This and the next four: so far, while it is made.'),
    of_tables: z.int().nullable().describe('How many there are; null: not known yet.'),
    rows: z.int(),
    objects: z.int().describe('Files of the bucket.'),
    bytes: z.int().describe('Of all of it; of the objects alone while it is made.'),
    parts: z.int().nullable().describe('Files beside the objects; null: not known yet.'),
    missing_objects: z.int().nullable().describe('Objects that rows name and the bucket did not have.'),
    error: z
      .object({
        code: z.string().describe('`interrupted`: its process ended. Otherwise as of the API, or of the CLI.'),
        message: z.string(),
      })
      .nullable(),
    verification: z
      .object({
        status: z.enum(VERIFICATION_STATES),
        actor,
        actor_name: actorName,
        created_at: time.describe('When it was asked for.'),
        ended_at: time.nullable(),
        problems: z.array(z.string()).describe('One sentence each, a hundred at most.'),
      })
      .nullable()
      .describe('The last look at every byte of it; null: nobody asked for one here.'),
  })
  .meta({ id: 'Backup' });
export const backupListAnswer = listOf(backupAnswer);
