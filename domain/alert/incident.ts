import type { Alert, AlertRule, NoticeLanguage } from './rule';

export const SEVERITIES = ['info', 'warning', 'critical'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** `acknowledged`: somebody looks after it. */
export const INCIDENT_STATES = ['open', 'acknowledged', 'resolved'] as const;
export type IncidentState = (typeof INCIDENT_STATES)[number];

/** Names of what an incident is about, as they were when it opened. */
export interface IncidentSubject {
  readonly team?: string;
  readonly credential?: string;
  readonly model?: string;
  readonly provider?: string;
  /** "team:studio", as refusals name it. */
  readonly budget?: string;
  /** Host of a callback URL. */
  readonly host?: string;
}

/** Figures by which the incident can be checked: amounts as decimal strings of US dollars, times in ISO 8601. */
export type Evidence = Readonly<Record<string, string | number | boolean | null | readonly string[]>>;

/** What a look at an alert found: the condition holds. */
export interface Finding {
  /** What it is about, within its alert: the same has one incident at a time. */
  readonly key: string;
  /** False: it keeps an incident open that is open, and opens none. Default: true. */
  readonly isNews?: boolean;
  readonly severity: Severity;
  readonly teamId: number | null;
  /** The key that actions are taken on; null: none can be named. */
  readonly credentialId: number | null;
  readonly subject: IncidentSubject;
  readonly evidence: Evidence;
}

/** What happened to an incident. */
export const TIMELINE_EVENTS = [
  'opened',
  'frozen',
  'throttled',
  'limited',
  'released',
  'acknowledged',
  'noted',
  'cleared',
  'returned',
  'resolved',
] as const;
export interface TimelineEntry {
  readonly at: Date;
  readonly event: (typeof TIMELINE_EVENTS)[number];
  /** Who did it: an e-mail, "admin key", or "atelier". */
  readonly actor: string;
  /** What it was done to, or how; null: nothing to add. */
  readonly detail: string | null;
}

/** What users are told of an incident. */
export interface IncidentNote {
  readonly audience: NoteAudience;
  readonly lang: NoticeLanguage;
  readonly text: string;
}
/** `users`: of the teams concerned. `public`: everybody who can see the status page. */
export const NOTE_AUDIENCES = ['operators', 'users', 'public'] as const;
export type NoteAudience = (typeof NOTE_AUDIENCES)[number];

export interface Incident {
  /** `inc_` and 32 hex digits. */
  readonly id: string;
  /** null: it was opened without an alert. */
  readonly alert: { readonly id: string; readonly name: string } | null;
  readonly rule: AlertRule;
  readonly severity: Severity;
  readonly state: IncidentState;
  readonly subject: IncidentSubject;
  readonly evidence: Evidence;
  readonly note: IncidentNote | null;
  /** The oldest first. */
  readonly timeline: readonly TimelineEntry[];
  /** Whom it was told, and how that went. */
  readonly notices: readonly NoticeState[];
  readonly openedAt: Date;
  readonly acknowledgedAt: Date | null;
  readonly resolvedAt: Date | null;
}

export interface NoticeState {
  readonly id: string;
  readonly channelId: string;
  readonly kind: NoticeKind;
  readonly status: 'pending' | 'delivered' | 'failed' | 'skipped';
  readonly tries: number;
  /** Why the last try failed; null: it did not, or there was none. */
  readonly error: string | null;
  readonly heldUntil: Date | null;
  readonly endedAt: Date | null;
}

export interface IncidentFilter {
  /** Ids of teams; null: all, also those that are no team's. */
  readonly teamIds: readonly number[] | null;
  /** `active`: not resolved. */
  readonly state?: IncidentState | 'active' | undefined;
  readonly rule?: AlertRule | undefined;
  readonly team?: string | undefined;
  readonly severity?: Severity | undefined;
  readonly after?: string | undefined;
  /** 1..100 */
  readonly limit: number;
}

/** How much a look changed. */
export interface Recorded {
  readonly opened: readonly { readonly id: string; readonly key: string }[];
  readonly resolved: readonly string[];
}

/** Incidents in Postgres. */
export interface IncidentStore {
  list(filter: IncidentFilter): Promise<{ readonly data: readonly Incident[]; readonly hasMore: boolean }>;
  /** Null: there is none, or it is of none of these teams. */
  find(id: string, teamIds: readonly number[] | null): Promise<Incident | null>;
  /** Repeating keeps the first. @throws AppError `conflict` when it is resolved */
  acknowledge(id: string, actor: string): Promise<void>;
  /** Resolves it, gives back what it took of keys, and tells those who were told of it. Repeating changes nothing. */
  resolve(id: string, actor: string): Promise<void>;
  note(id: string, actor: string, note: IncidentNote): Promise<void>;
  /** Freezes a key by hand, until `release`; repeating changes the reason, which its callers are told. */
  freeze(credentialId: number, reason: string): Promise<void>;
  /** Lifts what incidents and people do to a key; the incidents stay open. False: nothing was done to it. */
  release(credentialId: number, actor: string): Promise<boolean>;
  /**
   * Writes down what a look at an alert (null: at what needs none) found: opens incidents with their actions and notices, and resolves those
   * whose condition has not held for a while. One transaction.
   */
  record(alert: Alert | null, rule: AlertRule, findings: readonly Finding[], now: Date): Promise<Recorded>;
}

export const NOTICE_KINDS = ['opened', 'escalated', 'resolved', 'test'] as const;
export type NoticeKind = (typeof NOTICE_KINDS)[number];

/** A condition that has gone may come back at once: how long it must stay away until its incident resolves itself, in ms. */
export const CALM_MS: Readonly<Record<AlertRule, number>> = {
  budget: 0,
  anomaly: 3_600_000,
  error_rate: 300_000,
  latency: 300_000,
  breaker_open: 60_000,
  callback_failing: 300_000,
  backlog_age: 60_000,
  new_network: 3_600_000,
  stuck_run: 60_000,
  provider_auth: 900_000,
  provider_not_found: 900_000,
  provider_balance_low: 0,
};
