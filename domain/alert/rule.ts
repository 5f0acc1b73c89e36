import type { MicroUsd } from '../money/money';
import type { ManagedBy } from '../access/team';

/** What an alert watches. */
export const ALERT_RULES = [
  'budget',
  'anomaly',
  'error_rate',
  'latency',
  'breaker_open',
  'callback_failing',
  'backlog_age',
  'new_network',
  'stuck_run',
  'provider_auth',
  'provider_not_found',
  'provider_balance_low',
] as const;
export type AlertRule = (typeof ALERT_RULES)[number];

/** Rules whose incidents also open where no alert asks for them: they are the operators' to mend. */
export const BUILT_IN_RULES = ['provider_auth', 'provider_not_found'] as const satisfies readonly AlertRule[];

/** What the thresholds of a rule count, and those of an alert that names none. Each fires at or above. */
export const THRESHOLDS: Readonly<Record<AlertRule, { readonly unit: string; readonly most: number; readonly usual: readonly number[] }>> =
  {
    budget: { unit: 'per cent of the limit', most: 1_000, usual: [50, 80, 100] },
    anomaly: { unit: 'times the usual', most: 10_000, usual: [4] },
    error_rate: { unit: 'per cent of the calls', most: 100, usual: [20] },
    latency: { unit: 'milliseconds (95th percentile)', most: 86_400_000, usual: [60_000] },
    breaker_open: { unit: 'minutes open', most: 100_000, usual: [0] },
    callback_failing: { unit: 'events that were refused at least three times', most: 1_000_000, usual: [3] },
    backlog_age: { unit: 'seconds that the oldest run has waited', most: 1_000_000, usual: [300] },
    new_network: { unit: 'new networks', most: 1_000, usual: [1] },
    stuck_run: { unit: 'minutes without a change', most: 1_000_000, usual: [120] },
    provider_auth: { unit: 'refused calls', most: 1_000_000, usual: [1] },
    provider_not_found: { unit: 'refused calls', most: 1_000_000, usual: [1] },
    provider_balance_low: { unit: 'none: it fires below `below_usd`, or `below` of a `currency`', most: 0, usual: [] },
  };

/** What the rule `provider_balance_low` goes by where nothing else is said. */
export const USUAL_BALANCE = { below: '10', currency: 'USD' } as const;

/** Whose budgets an alert watches. */
export const WATCHED_BUDGETS = ['organisation', 'team', 'class', 'project', 'member', 'credential'] as const;
export type WatchedBudget = (typeof WATCHED_BUDGETS)[number];

/** Whose spending an anomaly is looked for in. */
export const ANOMALY_SUBJECTS = ['credential', 'model', 'team'] as const;
export type AnomalySubject = (typeof ANOMALY_SUBJECTS)[number];

/** What an incident does beside being told. */
export const ALERT_ACTIONS = ['notify', 'freeze_credential', 'throttle', 'limit_cost'] as const;
export type AlertAction = (typeof ALERT_ACTIONS)[number];

/** Hours of the day in which a channel is left in peace; `from` may be later than `to`: over midnight. */
export interface QuietHours {
  /** "22:00" */
  readonly from: string;
  readonly to: string;
  /** IANA name. */
  readonly timeZone: string;
  /** Critical incidents are told all the same. */
  readonly exceptCritical: boolean;
}

export const CHANNEL_TYPES = ['webhook', 'slack', 'email'] as const;
export type ChannelType = (typeof CHANNEL_TYPES)[number];
export const NOTICE_LANGUAGES = ['en', 'zh'] as const;
export type NoticeLanguage = (typeof NOTICE_LANGUAGES)[number];

/** Whom an alert tells. Holds secrets in clear: never logged, never answered. */
export interface Channel {
  /** `chan_` and 24 hex digits that follow from alert, type and target. */
  readonly id: string;
  readonly type: ChannelType;
  /** Of webhooks and chats; null: it is e-mail. */
  readonly url: string | null;
  /** E-mail addresses; empty: it is a URL. */
  readonly to: readonly string[];
  /** `whsec_...` of a webhook; else null. */
  readonly secret: string | null;
  readonly language: NoticeLanguage;
  readonly quietHours: QuietHours | null;
  /** It is told only when nobody has acknowledged the incident for so long; null: at once. */
  readonly afterMinutes: number | null;
}

/** What a rule looks at beside its thresholds. */
export interface AlertSettings {
  /** Ascending. */
  readonly thresholds: readonly number[];
  readonly actions: readonly AlertAction[];
  /** Budgets: of what; null: of the key or team that the alert names, else of the organisation and all teams. */
  readonly budgets: readonly WatchedBudget[] | null;
  /** Anomalies: what an hour must at least have cost, in micro-US-dollars as decimal text. */
  readonly minMicroUsd: string;
  readonly by: readonly AnomalySubject[];
  /** Rates and latencies: fewer calls say nothing. */
  readonly minRequests: number;
  /** Balances: decimal text; fires below it. Absent in alerts of before. */
  readonly below?: string;
  /** Of `below`: a balance in another one is left alone, for nothing is converted. */
  readonly currency?: string;
  /** Names; null: all. */
  readonly provider: string | null;
  readonly model: string | null;
  /** Of the action `throttle`. */
  readonly throttlePerMinute: number;
  /** Of the action `limit_cost`, in micro-US-dollars as decimal text; null: the action is not asked for. */
  readonly ceilingMicroUsd: string | null;
}

/** Why an alert cannot be looked at. */
export const ALERT_FAILURES = ['too_much_usage', 'look_failed'] as const;

/** `message` says it in English. */
export interface AlertFailure {
  readonly code: (typeof ALERT_FAILURES)[number];
  readonly message: string;
}

/** An alert. */
export interface Alert {
  /** `alert_` and 32 hex digits. */
  readonly id: string;
  readonly name: string;
  readonly managedBy: ManagedBy;
  readonly rule: AlertRule;
  /** null: the installation's. */
  readonly team: { readonly id: number; readonly name: string } | null;
  /** The one key that it watches; null: all. */
  readonly credential: { readonly id: number; readonly name: string } | null;
  readonly settings: AlertSettings;
  readonly channels: readonly Channel[];
  readonly enabled: boolean;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  /** Since when it cannot be looked at, and why; null: the last look went well. */
  readonly failure: (AlertFailure & { readonly since: Date }) | null;
}

/** An alert as it is asked for; teams and keys by name. */
export interface AlertBody {
  readonly name: string;
  readonly rule: AlertRule;
  readonly team: string | null;
  readonly credential: string | null;
  readonly settings: AlertSettings;
  readonly channels: readonly Channel[];
  readonly enabled: boolean;
}

export interface NewAlert extends AlertBody {
  readonly id: string;
}

export interface AlertFilter {
  readonly rule?: AlertRule | undefined;
  readonly team?: string | undefined;
  readonly after?: string | undefined;
  /** 1..100 */
  readonly limit: number;
}

/** Alerts in Postgres. */
export interface AlertStore {
  /** @throws AppError `conflict` for a name in use, `invalid_value` for an unknown team or key */
  create(alert: NewAlert, mostInAll: number): Promise<Alert>;
  /** Null: there is none. */
  find(idOrName: string): Promise<Alert | null>;
  /** The newest first. */
  list(filter: AlertFilter): Promise<{ readonly data: readonly Alert[]; readonly hasMore: boolean }>;
  /** Makes it equal to the body. Null: there is none. @throws as `create` */
  change(id: string, body: AlertBody): Promise<Alert | null>;
  /** Deletes it and resolves its incidents. False: there is none. */
  remove(id: string, actor: string, now: Date): Promise<boolean>;
  /** Keeps why an alert could not be looked at; null: it could. The first time of a row of failures stays. */
  noteFailure(id: string, failure: AlertFailure | null, now: Date): Promise<void>;
  /** Those that are evaluated. */
  enabled(): Promise<readonly Alert[]>;
}

/** What the thresholds say of a value: the highest that it reaches; null: none. */
export function reached(thresholds: readonly number[], value: number): number | null {
  return thresholds.reduce<number | null>((highest, one) => (value >= one && (highest === null || one > highest) ? one : highest), null);
}

/** The amounts of the settings as numbers of money. */
export function microUsdOf(text: string): MicroUsd {
  return BigInt(text);
}
