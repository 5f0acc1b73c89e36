import { parseUsd } from '../money/money';
import { isTimeZone } from '../time-zone';
import {
  THRESHOLDS,
  USUAL_BALANCE,
  type Alert,
  type AlertAction,
  type AlertBody,
  type AlertRule,
  type AlertSettings,
  type AnomalySubject,
  type Channel,
  type ChannelType,
  type NoticeLanguage,
  type WatchedBudget,
} from './rule';

/** A channel as it is written in a body or in the configuration file. */
export interface ChannelEntry {
  /** Of a channel that the alert has: what is left out stays as it is. */
  readonly id?: string | undefined;
  readonly type: ChannelType;
  readonly url?: string | undefined;
  readonly to?: string | readonly string[] | undefined;
  readonly secret?: string | undefined;
  readonly language?: NoticeLanguage | undefined;
  readonly quiet_hours?: QuietHoursEntry | null | undefined;
  readonly after_minutes?: number | null | undefined;
}

interface QuietHoursEntry {
  readonly from: string;
  readonly to: string;
  readonly time_zone?: string | undefined;
  readonly except_critical?: boolean | undefined;
}

/** An alert as it is written. What is left out is as it was, or the default. */
export interface AlertEntry {
  readonly name: string;
  readonly rule: AlertRule;
  readonly team?: string | null | undefined;
  readonly credential?: string | null | undefined;
  readonly thresholds?: readonly number[] | undefined;
  readonly actions?: readonly AlertAction[] | undefined;
  readonly channels?: readonly ChannelEntry[] | undefined;
  readonly enabled?: boolean | undefined;
  readonly budgets?: readonly WatchedBudget[] | null | undefined;
  readonly min_usd?: string | undefined;
  readonly by?: readonly AnomalySubject[] | undefined;
  readonly min_requests?: number | undefined;
  readonly below_usd?: string | undefined;
  readonly below?: string | null | undefined;
  readonly currency?: string | null | undefined;
  readonly provider?: string | null | undefined;
  readonly model?: string | null | undefined;
  readonly throttle_requests_per_minute?: number | undefined;
  readonly max_cost_per_request_usd?: string | null | undefined;
}

export interface EntryFault {
  /** `channels[0].url` */
  readonly path: string;
  readonly message: string;
}

const BALANCE_FIELDS = ['below_usd', 'below', 'currency'] as const;
/** Rules whose incidents name a key. */
const WITH_KEY: ReadonlySet<AlertRule> = new Set(['budget', 'anomaly', 'new_network']);
const ACTS_ON_KEYS: ReadonlySet<AlertAction> = new Set(['freeze_credential', 'throttle', 'limit_cost']);

/** What does not fit together in an entry whose fields are of the right types. No message quotes a value. */
export function entryFaults(entry: AlertEntry): readonly EntryFault[] {
  const faults: EntryFault[] = [];
  const add = (path: string, message: string) => void faults.push({ path, message });
  const { rule, actions = [], channels = [] } = entry;
  if (typeof entry.credential === 'string' && typeof entry.team !== 'string') add('team', 'is needed to know whose key `credential` is');
  const { most, unit } = THRESHOLDS[rule];
  const isBalance = rule === 'provider_balance_low';
  if (!isBalance) for (const name of BALANCE_FIELDS) if (typeof entry[name] === 'string') add(name, 'is for the rule provider_balance_low');
  if (isBalance && (entry.thresholds ?? []).length > 0)
    add('thresholds', 'is not for this rule: say `below_usd`, or `below` and `currency`');
  if (typeof entry.below_usd === 'string' && typeof entry.below === 'string') add('below', 'and `below_usd` are two limits: leave one out');
  if (typeof entry.below_usd === 'string' && typeof entry.currency === 'string' && entry.currency !== 'USD') {
    add('currency', 'goes with `below`; `below_usd` is in US dollars, and nothing is converted');
  }
  (isBalance ? [] : (entry.thresholds ?? [])).forEach((threshold, index) => {
    if (threshold < 0 || threshold > most) add(`thresholds[${index}]`, `must be from 0 to ${most}: ${unit}`);
  });
  actions.forEach((action, index) => {
    if (ACTS_ON_KEYS.has(action) && !WITH_KEY.has(rule))
      add(`actions[${index}]`, `needs a rule that names a key: ${[...WITH_KEY].join(', ')}`);
  });
  if (actions.includes('limit_cost') && typeof entry.max_cost_per_request_usd !== 'string') {
    add('max_cost_per_request_usd', 'is needed for the action limit_cost');
  }
  channels.forEach((channel, index) => faults.push(...channelFaults(channel, `channels[${index}]`)));
  const targets = channels.map((channel) => channel.id ?? targetOf(channel));
  targets.forEach((target, index) => {
    const first = targets.indexOf(target);
    if (first < index) add(`channels[${index}]`, `is the same channel as channels[${first}]`);
  });
  return faults;
}

function channelFaults(channel: ChannelEntry, path: string): readonly EntryFault[] {
  const faults: EntryFault[] = [];
  const add = (name: string, message: string) => void faults.push({ path: `${path}.${name}`, message });
  const isKept = channel.id !== undefined;
  if (channel.type === 'email') {
    const to = channel.to === undefined ? [] : [channel.to].flat();
    if (to.length === 0 && !isKept) add('to', 'is required: one e-mail address or several');
    if (to.some((address) => !/^[^\s@,;<>]{1,64}@[^\s@,;<>]{1,255}$/.test(address))) add('to', 'must be e-mail addresses');
    if (channel.url !== undefined) add('url', 'is for webhooks; e-mail goes to `to`');
  } else {
    if (channel.url === undefined && !isKept) add('url', 'is required');
    if (channel.to !== undefined) add('to', 'is for e-mail; this channel has a `url`');
  }
  if (channel.secret !== undefined && channel.type !== 'webhook') add('secret', 'is for webhooks only');
  if (channel.secret !== undefined && !isWebhookSecret(channel.secret)) {
    add('secret', 'must be whsec_ and 24 to 64 bytes in base64; leave it out to have one made');
  }
  const quiet = channel.quiet_hours;
  if (quiet !== undefined && quiet !== null) {
    for (const name of ['from', 'to'] as const) {
      if (!/^([01]\d|2[0-3]):[0-5]\d$/.test(quiet[name])) add(`quiet_hours.${name}`, 'must be a time of day such as "22:00"');
    }
    if (quiet.time_zone !== undefined && !isTimeZone(quiet.time_zone)) {
      add('quiet_hours.time_zone', 'must be the IANA name of a time zone, such as "Asia/Shanghai"');
    }
  }
  return faults;
}

function isWebhookSecret(text: string): boolean {
  const base64 = /^whsec_([A-Za-z0-9+/]{32,88}={0,2})$/.exec(text)?.[1];
  if (base64 === undefined || base64.length % 4 !== 0) return false;
  const bytes = (base64.length * 3) / 4 - (/=+$/.exec(base64)?.[0].length ?? 0);
  return bytes >= 24 && bytes <= 64;
}

function targetOf({ type, url, to }: Pick<ChannelEntry, 'type' | 'url' | 'to'>): string {
  return `${type} ${url ?? [to ?? []].flat().join(',')}`;
}

/** How the values come about that an entry leaves open. */
export interface EntryMakers {
  readonly alertId: string;
  /** SHA-256, hex. */
  readonly digest: (text: string) => string;
  /** @param channelId - of the channel that it is for */
  readonly newSecret: (channelId: string) => string;
}

/**
 * What is stored of a checked entry.
 * @param kept - the alert as it is; null: it is new
 */
export function alertBody(entry: AlertEntry, kept: Alert | null, makers: EntryMakers): AlertBody {
  const of = kept?.settings;
  const rule = entry.rule;
  const isSameRule = kept?.rule === rule;
  const settings: AlertSettings = {
    thresholds: sorted(entry.thresholds ?? (isSameRule ? kept.settings.thresholds : THRESHOLDS[rule].usual), THRESHOLDS[rule].usual),
    actions: entry.actions ?? of?.actions ?? [],
    budgets: entry.budgets === undefined ? (of?.budgets ?? null) : entry.budgets,
    minMicroUsd: entry.min_usd === undefined ? (of?.minMicroUsd ?? '1000000') : parseUsd(entry.min_usd).toString(),
    by: entry.by ?? of?.by ?? ['credential', 'model', 'team'],
    minRequests: entry.min_requests ?? of?.minRequests ?? 20,
    ...(rule === 'provider_balance_low' ? balanceOf(entry, of) : {}),
    provider: entry.provider === undefined ? (of?.provider ?? null) : entry.provider,
    model: entry.model === undefined ? (of?.model ?? null) : entry.model,
    throttlePerMinute: entry.throttle_requests_per_minute ?? of?.throttlePerMinute ?? 6,
    ceilingMicroUsd: ceilingOf(entry.max_cost_per_request_usd, of?.ceilingMicroUsd ?? null),
  };
  return {
    name: entry.name,
    rule,
    team: entry.team === undefined ? (kept?.team?.name ?? null) : entry.team,
    credential: entry.credential === undefined ? (kept?.credential?.name ?? null) : entry.credential,
    settings,
    channels: entry.channels?.map((channel) => channelOf(channel, kept?.channels ?? [], makers)) ?? kept?.channels ?? [],
    enabled: entry.enabled ?? kept?.enabled ?? true,
  };
}

function balanceOf({ below_usd: belowUsd, below, currency }: AlertEntry, of: AlertSettings | undefined) {
  return {
    below: belowUsd ?? below ?? of?.below ?? USUAL_BALANCE.below,
    currency: belowUsd === undefined ? (currency ?? of?.currency ?? USUAL_BALANCE.currency) : 'USD',
  };
}

function sorted(thresholds: readonly number[], usual: readonly number[]): readonly number[] {
  return thresholds.length === 0 ? usual : [...new Set(thresholds)].sort((one, other) => one - other);
}

function ceilingOf(usd: string | null | undefined, kept: string | null): string | null {
  if (usd === undefined) return kept;
  return usd === null ? null : parseUsd(usd).toString();
}

function channelOf(entry: ChannelEntry, kept: readonly Channel[], { alertId, digest, newSecret }: EntryMakers): Channel {
  const wantedId = entry.id ?? idOf(entry);
  const former = kept.find(({ id, type }) => id === wantedId && type === entry.type);
  const url = entry.type === 'email' ? null : (entry.url ?? former?.url ?? null);
  const to = entry.type === 'email' ? (entry.to === undefined ? (former?.to ?? []) : [entry.to].flat()) : [];
  const quiet = entry.quiet_hours;
  const id = former?.id ?? idOf({ ...entry, url: url ?? undefined, to });
  return {
    id,
    type: entry.type,
    url,
    to,
    secret: entry.type === 'webhook' ? (entry.secret ?? former?.secret ?? newSecret(id)) : null,
    language: entry.language ?? former?.language ?? 'en',
    quietHours:
      quiet === undefined
        ? (former?.quietHours ?? null)
        : quiet === null
          ? null
          : { from: quiet.from, to: quiet.to, timeZone: quiet.time_zone ?? 'UTC', exceptCritical: quiet.except_critical ?? false },
    afterMinutes: entry.after_minutes === undefined ? (former?.afterMinutes ?? null) : entry.after_minutes,
  };

  function idOf(channel: ChannelEntry): string {
    return `chan_${digest(`${alertId} ${targetOf(channel)}`).slice(0, 24)}`;
  }
}
