import type { SecretBox } from '../../../domain/access/secrets';
import type { IncidentStore } from '../../../domain/alert/incident';
import type { NoticeStore } from '../../../domain/alert/notice';
import type { AlertStore } from '../../../domain/alert/rule';
import type { AlertWatch } from '../../../domain/alert/watch';
import type { StatusStore } from '../../../domain/status/status';
import type { SqlPool } from '../connection/pool';
import { createAlertStore } from './alerts';
import { createIncidentStore } from './incidents';
import { createNoticeStore } from './notices';
import { createStatusStore } from './status';
import { createAlertWatch } from './watch';

/** Alerts, incidents and notices in Postgres. */
export interface AlertBooks {
  readonly alerts: AlertStore;
  readonly incidents: IncidentStore;
  readonly notices: NoticeStore;
  readonly watch: AlertWatch;
  readonly status: StatusStore;
}

/** @param newId - ids that rise with time: `inc_` and 32 hex digits */
export function createAlertBooks(pool: SqlPool, box: SecretBox, newId: (prefix: string) => string): AlertBooks {
  return {
    alerts: createAlertStore(pool, box),
    incidents: createIncidentStore(pool, newId),
    notices: createNoticeStore(pool, box),
    watch: createAlertWatch(pool),
    status: createStatusStore(pool),
  };
}
