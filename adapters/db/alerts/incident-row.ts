import type { Evidence, Incident, IncidentNote, IncidentSubject, NoticeState, TimelineEntry } from '../../../domain/alert/incident';

const NOTICE_JSON = `json_build_object('id', n.id, 'channelId', n.channel_id, 'kind', n.kind, 'status', n.status, 'tries', n.tries,
  'error', n.attempts -> -1 ->> 'error', 'heldUntil', n.held_until, 'endedAt', n.ended_at)`;

/** All of an incident, for the table aliases `i` and `a` (its alert). */
export const INCIDENT_COLUMNS = `i.id, i.alert_id, a.name as alert_name, i.rule, i.severity, i.state, i.subject, i.evidence, i.note, i.timeline,
  i.opened_at, i.acknowledged_at, i.resolved_at,
  (select coalesce(json_agg(${NOTICE_JSON} order by n.created_at, n.id), '[]') from notices n where n.incident_id = i.id) as notices`;

/** The state of notices, for the table alias `n`. */
export const NOTICE_STATE = `${NOTICE_JSON} as notice`;

type Dated<Thing, Names extends keyof Thing> = Omit<Thing, Names> & { readonly [Name in Names]: string | null };
export type NoticeJson = Dated<NoticeState, 'heldUntil' | 'endedAt'>;

export interface IncidentRow {
  readonly id: string;
  readonly alert_id: string | null;
  readonly alert_name: string | null;
  readonly rule: Incident['rule'];
  readonly severity: Incident['severity'];
  readonly state: Incident['state'];
  readonly subject: IncidentSubject;
  readonly evidence: Evidence;
  readonly note: IncidentNote | null;
  readonly timeline: readonly (Omit<TimelineEntry, 'at'> & { readonly at: string })[];
  readonly notices: readonly NoticeJson[];
  readonly opened_at: Date;
  readonly acknowledged_at: Date | null;
  readonly resolved_at: Date | null;
}

export function incidentOf(row: IncidentRow): Incident {
  return {
    id: row.id,
    alert: row.alert_id === null ? null : { id: row.alert_id, name: row.alert_name ?? '' },
    rule: row.rule,
    severity: row.severity,
    state: row.state,
    subject: row.subject,
    evidence: row.evidence,
    note: row.note,
    timeline: row.timeline.map((entry) => ({ ...entry, at: new Date(entry.at) })),
    notices: row.notices.map(noticeStateOf),
    openedAt: row.opened_at,
    acknowledgedAt: row.acknowledged_at,
    resolvedAt: row.resolved_at,
  };
}

export function noticeStateOf(notice: NoticeJson): NoticeState {
  return { ...notice, heldUntil: dateOf(notice.heldUntil), endedAt: dateOf(notice.endedAt) };
}

function dateOf(text: string | null): Date | null {
  return text === null ? null : new Date(text);
}
