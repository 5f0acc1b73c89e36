import type { Finding } from '../../domain/alert/incident';
import { ALERT_FAILURES, BUILT_IN_RULES, type Alert, type AlertFailure, type AlertRule } from '../../domain/alert/rule';
import { isServiceAway, toAppError } from '../../domain/errors';
import type { WatchingDeps } from './deps';
import { findAnomalousSpending } from './looks/anomalies';
import { findLowBalances } from './looks/balances';
import { findBudgets } from './looks/budgets';
import { findErrorRates, findLatencies, findOpenBreakers, findRefusedKeys, findUnknownModels } from './looks/providers';
import { findBacklog, findFailingReceivers, findNewNetworks, findStuckRuns } from './looks/runs';

type Look = (deps: WatchingDeps, alert: Alert) => Promise<readonly Finding[]>;
type BuiltInLook = (deps: WatchingDeps, alert: Alert | null) => Promise<readonly Finding[]>;

/** What each rule looks at. */
const LOOKS: Readonly<Record<AlertRule, Look>> & Readonly<Record<(typeof BUILT_IN_RULES)[number], BuiltInLook>> = {
  budget: findBudgets,
  anomaly: findAnomalousSpending,
  error_rate: findErrorRates,
  latency: findLatencies,
  breaker_open: findOpenBreakers,
  callback_failing: findFailingReceivers,
  backlog_age: findBacklog,
  new_network: findNewNetworks,
  stuck_run: findStuckRuns,
  provider_auth: findRefusedKeys,
  provider_not_found: findUnknownModels,
  provider_balance_low: findLowBalances,
};

/** Looks at every alert once, and at what opens incidents without one. One that cannot be looked at keeps no other from it. */
export async function evaluateAlerts(deps: WatchingDeps): Promise<void> {
  const alerts = await deps.alerts.enabled();
  for (const alert of alerts) await evaluate(deps, alert.rule, alert, () => LOOKS[alert.rule](deps, alert));
  for (const rule of BUILT_IN_RULES) {
    // An alert for it tells people; without one its incident opens all the same.
    const isAsked = alerts.some((alert) => alert.rule === rule && alert.settings.provider === null);
    await evaluate(deps, rule, null, async () => (isAsked ? [] : LOOKS[rule](deps, null)));
  }
}

async function evaluate(
  { alerts, incidents, logger, now }: WatchingDeps,
  rule: AlertRule,
  alert: Alert | null,
  look: () => Promise<readonly Finding[]>,
): Promise<void> {
  const named = { alert: alert?.name ?? null, rule };
  try {
    const { opened, resolved } = await incidents.record(alert, rule, await look(), now());
    for (const { id, key } of opened) logger.warn({ ...named, incident: id, about: key }, 'an incident opened');
    for (const id of resolved) logger.info({ ...named, incident: id }, 'an incident resolved itself');
    if (alert !== null && alert.failure !== null) await alerts.noteFailure(alert.id, null, now());
  } catch (error) {
    // The next firing looks again.
    if (isServiceAway(error)) throw error;
    logger.error({ ...named, err: error }, 'an alert could not be looked at');
    if (alert !== null) await alerts.noteFailure(alert.id, failureOf(error), now());
  }
}

function failureOf(error: unknown): AlertFailure {
  const { code, message, facts } = toAppError(error);
  const reason = (facts.details as { readonly reason?: unknown } | undefined)?.reason;
  const words = code === 'internal' ? 'The look failed; the log of the worker says why.' : message.slice(0, 300);
  return { code: ALERT_FAILURES.find((known) => known === reason) ?? 'look_failed', message: words };
}
