import { createHash, randomBytes } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { Secrets } from '../../../domain/access/secrets';
import { alertBody, type AlertEntry } from '../../../domain/alert/entry';
import type { Alert, AlertBody } from '../../../domain/alert/rule';
import { insertAlert, updateAlert } from '../alerts/alerts';
import { resolveIncidents } from '../alerts/resolve';
import { ALERT_COLUMNS, ALERT_TABLES, alertOf, type AlertRow } from '../alerts/row';
import type { Sql } from '../connection/pool';
import type { Changes } from './changes';

/** Makes the alerts of the file equal to the document's; after teams and keys, which they name. One of the API of the same name becomes the file's. */
export async function applyAlerts(sql: Sql, entries: readonly AlertEntry[], secrets: Secrets, changes: Changes): Promise<void> {
  const rows = await sql.query<AlertRow>(`select ${ALERT_COLUMNS} from ${ALERT_TABLES} where a.deleted_at is null`);
  for (const entry of entries) {
    const row = rows.find(({ name }) => name === entry.name);
    const kept = row === undefined ? null : alertOf(row, secrets);
    const id = kept?.id ?? newAlertId();
    const body = alertBody(entry, null, {
      alertId: id,
      digest: (text) => createHash('sha256').update(text).digest('hex'),
      newSecret: (channelId) => kept?.channels.find((channel) => channel.id === channelId)?.secret ?? secrets.newCallbackSecret(),
    });
    if (kept !== null && kept.managedBy === 'file' && isSame(kept, body)) {
      changes.note('unchanged', `alert ${entry.name}`);
      continue;
    }
    if (kept === null) await insertAlert(sql, secrets, id, 'config', body);
    else {
      await updateAlert(sql, secrets, id, body);
      await sql.query(`update alerts set source = 'config' where id = $1`, [id]);
    }
    changes.note(kept === null ? 'created' : 'updated', `alert ${entry.name}`);
  }
  const gone = rows.filter(({ name, source }) => source === 'config' && !entries.some((entry) => entry.name === name));
  for (const { id, name } of gone) {
    await sql.query('update alerts set deleted_at = now(), enabled = false where id = $1', [id]);
    const open = await sql.query<{ id: string }>('select id from incidents where alert_id = $1 and resolved_at is null for update', [id]);
    await resolveIncidents(
      sql,
      open.map((incident) => incident.id),
      { actor: 'configuration file', detail: 'its alert was taken out of the file', now: new Date() },
    );
    changes.note('disabled', `alert ${name}`);
  }
}

function isSame(kept: Alert, { rule, settings, channels, enabled, team, credential }: AlertBody): boolean {
  return isDeepStrictEqual(
    [kept.rule, kept.settings, kept.channels, kept.enabled, kept.team?.name ?? null, kept.credential?.name ?? null],
    [rule, settings, channels, enabled, team, credential],
  );
}

/** In the form of a UUIDv7, so that lists are in order. */
function newAlertId(): string {
  return `alert_${Date.now().toString(16).padStart(12, '0')}7${randomBytes(10).toString('hex').slice(1)}`;
}
