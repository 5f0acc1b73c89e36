import type { SecretBox } from '../../../domain/access/secrets';
import type { Alert, AlertFailure, AlertRule, AlertSettings, Channel } from '../../../domain/alert/rule';

/** All of an alert, for the table aliases `a`, `t` (its team) and `k` (its key). */
export const ALERT_COLUMNS = `a.id, a.name, a.source, a.rule, a.team_id, t.name as team_name, a.credential_id, k.name as credential_name, a.settings,
  a.channels_encrypted, a.enabled, a.created_at, a.updated_at, a.failed_since, a.failure, a.failure_code`;
export const ALERT_TABLES = 'alerts a left join teams t on t.id = a.team_id left join credentials k on k.id = a.credential_id';

export interface AlertRow {
  readonly id: string;
  readonly name: string;
  readonly source: 'config' | 'api';
  readonly rule: AlertRule;
  readonly team_id: number | null;
  readonly team_name: string | null;
  readonly credential_id: number | null;
  readonly credential_name: string | null;
  readonly settings: AlertSettings;
  readonly channels_encrypted: string;
  readonly enabled: boolean;
  readonly created_at: Date;
  readonly updated_at: Date;
  readonly failed_since: Date | null;
  readonly failure: string | null;
  readonly failure_code: AlertFailure['code'] | null;
}

export function alertOf(row: AlertRow, box: Pick<SecretBox, 'open'>): Alert {
  return {
    id: row.id,
    name: row.name,
    managedBy: row.source === 'config' ? 'file' : 'api',
    rule: row.rule,
    team: row.team_id === null || row.team_name === null ? null : { id: row.team_id, name: row.team_name },
    credential: row.credential_id === null || row.credential_name === null ? null : { id: row.credential_id, name: row.credential_name },
    settings: row.settings,
    channels: JSON.parse(box.open(row.channels_encrypted)) as readonly Channel[],
    enabled: row.enabled,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    failure:
      row.failed_since === null || row.failure === null
        ? null
        : { since: row.failed_since, code: row.failure_code ?? 'look_failed', message: row.failure },
  };
}
