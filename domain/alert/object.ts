import { formatUsd } from '../money/money';
import type { Incident } from './incident';
import { microUsdOf, USUAL_BALANCE, type Alert, type AlertFailure, type Channel, type NoticeLanguage } from './rule';
import { incidentTitle } from './wording';

/** An incident as answers and notices show it. */
export function incidentObject(incident: Incident, language: NoticeLanguage) {
  return {
    id: incident.id,
    object: 'incident' as const,
    alert: incident.alert,
    rule: incident.rule,
    severity: incident.severity,
    state: incident.state,
    title: incidentTitle(incident, language),
    subject: incident.subject,
    opened_at: incident.openedAt.toISOString(),
    acknowledged_at: incident.acknowledgedAt?.toISOString() ?? null,
    resolved_at: incident.resolvedAt?.toISOString() ?? null,
    evidence: incident.evidence,
    timeline: incident.timeline.map(({ at, ...entry }) => ({ at: at.toISOString(), ...entry })),
    note: incident.note,
  };
}

/** An alert as it is answered: secrets and what is as good as one stay out. */
export function alertObject(alert: Alert) {
  const { settings } = alert;
  return {
    id: alert.id,
    object: 'alert' as const,
    name: alert.name,
    managed_by: alert.managedBy,
    rule: alert.rule,
    team: alert.team?.name ?? null,
    credential: alert.credential?.name ?? null,
    thresholds: settings.thresholds,
    actions: settings.actions,
    budgets: settings.budgets,
    min_usd: formatUsd(microUsdOf(settings.minMicroUsd)),
    by: settings.by,
    min_requests: settings.minRequests,
    below: alert.rule === 'provider_balance_low' ? (settings.below ?? USUAL_BALANCE.below) : null,
    currency: alert.rule === 'provider_balance_low' ? (settings.currency ?? USUAL_BALANCE.currency) : null,
    provider: settings.provider,
    model: settings.model,
    throttle_requests_per_minute: settings.throttlePerMinute,
    max_cost_per_request_usd: settings.ceilingMicroUsd === null ? null : formatUsd(microUsdOf(settings.ceilingMicroUsd)),
    channels: alert.channels.map(channelObject),
    enabled: alert.enabled,
    created_at: alert.createdAt.toISOString(),
    updated_at: alert.updatedAt.toISOString(),
    failure: alert.failure === null ? null : failureObject(alert.failure),
  };
}

export const failureObject = ({ since, code, message }: AlertFailure & { readonly since: Date }) => ({
  since: since.toISOString(),
  code,
  message,
});

function channelObject({ id, type, url, to, secret, language, quietHours, afterMinutes }: Channel) {
  return {
    id,
    type,
    ...(url === null ? { to: to.length === 1 ? (to[0] ?? '') : to } : { url: type === 'slack' ? withoutPath(url) : url }),
    ...(type === 'webhook' ? { has_secret: secret !== null } : {}),
    language,
    quiet_hours:
      quietHours === null
        ? null
        : { from: quietHours.from, to: quietHours.to, time_zone: quietHours.timeZone, except_critical: quietHours.exceptCritical },
    after_minutes: afterMinutes,
  };
}

/** The path of a chat's webhook is its secret: "https://hooks.slack.com/…". */
function withoutPath(url: string): string {
  return `${/^https?:\/\/[^/?#]+/i.exec(url)?.[0] ?? ''}/…`;
}
