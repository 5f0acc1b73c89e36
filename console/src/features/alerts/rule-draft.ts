import type { Alert, NewAlert, Rule } from '../../api/alerts';
import { isBound } from '../../ui/limit-fields';

/** Those about a key, which can act on it. */
export const ACTS: readonly Rule[] = ['budget', 'anomaly', 'new_network'];
export const OF_TEAM: readonly Rule[] = ['budget', 'anomaly', 'callback_failing', 'backlog_age', 'new_network', 'stuck_run'];
export const ACTIONS = ['freeze_credential', 'throttle'] as const;
export const CHANNELS = ['slack', 'webhook', 'email'] as const;

/** A rule as it is typed. */
export interface RuleDraft {
  readonly name: string;
  readonly rule: Rule;
  readonly team: string;
  readonly thresholds: string;
  readonly least: string;
  /** Of a balance, in the currency of the rule. */
  readonly below: string;
  readonly actions: readonly string[];
  /** Channels that it has and keeps: what they lead to is not shown again. */
  readonly kept: Alert['channels'];
  readonly channel: (typeof CHANNELS)[number];
  /** Where one more leads; empty: none is added. */
  readonly where: string;
}

export const draftOf = (alert: Alert | null): RuleDraft => ({
  name: alert?.name ?? '',
  rule: alert?.rule ?? 'anomaly',
  team: alert?.team ?? '',
  thresholds: alert?.thresholds.join(', ') ?? '',
  least: alert?.rule === 'anomaly' ? alert.min_usd : '',
  below: alert?.below ?? '',
  actions: alert?.actions ?? [],
  kept: alert?.channels ?? [],
  channel: 'slack',
  where: '',
});

const partsOf = (thresholds: string): readonly string[] => thresholds.split(/[\s,、，]+/).filter((part) => part !== '');
export const areNumbers = ({ thresholds }: RuleDraft): boolean => partsOf(thresholds).every((part) => /^\d+(\.\d+)?$/.test(part));
export const numbersOf = ({ thresholds }: RuleDraft): readonly number[] => partsOf(thresholds).map(Number);

/** Whether the amount that its rule asks for can be sent. */
export const hasAmount = ({ rule, below, least }: RuleDraft): boolean =>
  isBound('money', rule === 'provider_balance_low' ? below : rule === 'anomaly' ? least : '');

/** What a rule says of whom it watches and from where on, for a try on the past as well. */
export function boundOf({ rule, team, least }: RuleDraft): { readonly team?: string; readonly min_usd?: string } {
  return {
    ...(team === '' || !OF_TEAM.includes(rule) ? {} : { team }),
    ...(rule === 'anomaly' && least.trim() !== '' ? { min_usd: least.trim() } : {}),
  };
}

/**
 * As the API takes it.
 * @param before - the rule that is changed: what the form does not show stays as it is there
 */
export function ruleToSend(draft: RuleDraft, language: 'en' | 'zh', before: Alert | null): NewAlert {
  const { name, rule, below, actions, kept, channel, where } = draft;
  const numbers = numbersOf(draft);
  const to = where.trim();
  const added = to === '' ? [] : [{ type: channel, language, ...(channel === 'email' ? { to } : { url: to }) }];
  const bound = boundOf(draft);
  const chosen = ACTS.includes(rule) ? ACTIONS.filter((action) => actions.includes(action)) : [];
  const unseen = before?.rule === rule ? before.actions.filter((action) => !ACTIONS.some((one) => one === action)) : [];
  return {
    name: name.trim(),
    rule,
    ...bound,
    // A rule that was a team's and is the installation's now.
    ...(before !== null && bound.team === undefined && before.team !== null ? { team: null, credential: null } : {}),
    ...(rule === 'provider_balance_low' && below.trim() !== '' ? { below: below.trim() } : {}),
    ...(numbers.length === 0 ? {} : { thresholds: [...numbers] }),
    channels: [...kept.map(({ id, type }) => ({ id, type })), ...added],
    actions: [...unseen, ...chosen],
    ...(before === null ? { enabled: true } : {}),
  };
}
