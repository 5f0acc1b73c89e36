import type { Asker, BackupRecord } from '../../../domain/backup/backup';
import { AppError } from '../../../domain/errors';
import type { ApiContext } from '../../deps';
import { parseWith } from '../../http/faults';
import type { Routes, Steps } from '../../http/routes';
import { sendJson, sendList } from '../../http/send';
import { backupAskSchema, backupsQuery } from './schema';

export type BackupsDeps = Pick<ApiContext, 'acts' | 'audit' | 'backups' | 'newId' | 'now' | 'settings'>;

/** Routes of /admin/v1/backups. */
export function addBackups(routes: Routes<'/admin/v1'>, context: BackupsDeps, json: Steps): void {
  const { backups } = context;

  routes.get('/backups', async (request, response) => {
    const { limit, after, status } = parseWith(backupsQuery, request.query);
    const found = await backups.list({ limit: limit + 1, after: after ?? null, state: status ?? null });
    sendList(response, found.slice(0, limit).map(backupObject), ({ id }) => id, found.length > limit);
  });
  routes.post('/backups', json, async (request, response) => {
    parseWith(backupAskSchema, request.body);
    const id = context.newId('backup');
    const place = newPlace(context, id);
    const backup = await backups.ask({ id, place, actor: actorOf(context) });
    await context.audit.note('backup.create', `backup:${id}`, { place });
    sendJson(response, 202, backupObject(backup));
  });
  routes.get('/backups/:id', async (request, response) => {
    sendJson(response, 200, backupObject(await backups.find(request.params.id)));
  });
  routes.post('/backups/:id/verify', json, async (request, response) => {
    parseWith(backupAskSchema, request.body);
    const backup = await backups.askVerification(request.params.id, actorOf(context));
    await context.audit.note('backup.verify', `backup:${backup.id}`);
    sendJson(response, 202, backupObject(backup));
  });
}

/** Never of the caller's choosing: whoever asks for a backup could otherwise write anywhere on the workers' machines. */
function newPlace({ settings, now }: BackupsDeps, id: string): string {
  if (settings.backupTo === null) {
    throw new AppError(
      'conflict',
      'No place for backups is set. Set ATELIER_BACKUP_TO for api and workers, or run: atelier backup create --to PLACE.',
    );
  }
  return `${settings.backupTo}/${now().toISOString().slice(0, 19).replaceAll(':', '-')}-${id.slice(-8)}`;
}

function actorOf({ acts }: BackupsDeps): string {
  return acts.current()?.actor ?? 'admin_key';
}

function askedBy({ actor, name }: Asker) {
  return { actor, actor_name: name };
}

function backupObject({ by, contents, fault, verification, ...backup }: BackupRecord) {
  return {
    object: 'backup',
    id: backup.id,
    status: backup.state,
    place: backup.place,
    ...askedBy(by),
    created_at: backup.askedAt.toISOString(),
    started_at: backup.startedAt?.toISOString() ?? null,
    ended_at: backup.endedAt?.toISOString() ?? null,
    snapshot_at: backup.snapshotAt?.toISOString() ?? null,
    version: backup.version,
    master_key: backup.masterKey,
    tables: contents.tables,
    of_tables: contents.ofTables,
    rows: contents.rows,
    objects: contents.objects,
    bytes: contents.bytes,
    parts: contents.parts,
    missing_objects: contents.missingObjects,
    error: fault,
    verification:
      verification === null
        ? null
        : {
            status: verification.state,
            ...askedBy(verification.by),
            created_at: verification.askedAt.toISOString(),
            ended_at: verification.endedAt?.toISOString() ?? null,
            problems: verification.problems,
          },
  };
}
