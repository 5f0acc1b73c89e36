import { findAnomalies, type Anomaly } from '../../../domain/alert/anomaly/find';
import { HOUR_MS, subjectIdOf, type SpendRow } from '../../../domain/alert/anomaly/spending';
import { USUAL_WEEKS, usualOf } from '../../../domain/alert/anomaly/usual';
import type { Finding } from '../../../domain/alert/incident';
import { microUsdOf, reached, type Alert, type AnomalySubject } from '../../../domain/alert/rule';
import type { WatchScope } from '../../../domain/alert/watch';
import { formatUsd } from '../../../domain/money/money';
import type { WatchingDeps } from '../deps';

/** An hour is looked at until so long after its end, for what was spent at its end. */
const AFTER_MS = 5 * 60_000;
/** Subjects whose histories are read by one statement. */
const BATCH = 100;
/** What is usual in an hour does not change within it; these many are remembered. */
const MOST_REMEMBERED = 20_000;

/** Keys, models and teams that spend far more in this hour than they usually do in it. */
export async function findAnomalousSpending(
  deps: Pick<WatchingDeps, 'now' | 'usual' | 'watch'>,
  alert: Alert,
): Promise<readonly Finding[]> {
  const nowMs = deps.now().getTime();
  const hourMs = Math.floor(nowMs / HOUR_MS) * HOUR_MS;
  const hours = nowMs - hourMs < AFTER_MS ? [hourMs - HOUR_MS, hourMs] : [hourMs];
  const findings = new Map<string, Finding>();
  for (const hour of hours) {
    for (const anomaly of await anomaliesOf(deps, alert, hour)) {
      const finding = findingOf(anomaly, alert, hour);
      findings.set(finding.key, finding);
    }
  }
  return [...findings.values()];
}

async function anomaliesOf(deps: Pick<WatchingDeps, 'usual' | 'watch'>, alert: Alert, hourMs: number): Promise<readonly Anomaly[]> {
  const { settings, team, credential } = alert;
  const scope = { teamId: team?.id ?? null, credentialId: credential?.id ?? null };
  const all = await deps.watch.spending(scope, hourMs, hourMs + HOUR_MS);
  const rows = settings.model === null ? all : all.filter(({ model }) => model === settings.model);
  const minMicroUsd = Number(microUsdOf(settings.minMicroUsd));
  const by = credential === null ? settings.by : (['credential'] as const);
  for (const subject of by) await learn(deps, scope, subject, hourMs, dearEnough(rows, subject, minMicroUsd));
  const rule = { by, factor: Math.min(...settings.thresholds), minMicroUsd };
  return findAnomalies(rows, rule, (one, id) => deps.usual.known.get(nameOf(scope, one, id, hourMs)) ?? null);
}

/** Most subjects spend too little for their usual to matter. */
function dearEnough(rows: readonly SpendRow[], by: AnomalySubject, minMicroUsd: number): readonly string[] {
  const sums = new Map<string, number>();
  for (const row of rows) sums.set(subjectIdOf(by, row), (sums.get(subjectIdOf(by, row)) ?? 0) + row.microUsd);
  return [...sums].flatMap(([id, spent]) => (spent >= minMicroUsd ? [id] : []));
}

async function learn(
  { usual, watch }: Pick<WatchingDeps, 'usual' | 'watch'>,
  scope: WatchScope,
  by: AnomalySubject,
  hourMs: number,
  ids: readonly string[],
): Promise<void> {
  const unknown = ids.filter((id) => !usual.known.has(nameOf(scope, by, id, hourMs)));
  if (usual.known.size + unknown.length > MOST_REMEMBERED) usual.known.clear();
  for (let start = 0; start < unknown.length; start += BATCH) {
    const some = unknown.slice(start, start + BATCH);
    const histories = await watch.histories(scope, by, some, hourMs - USUAL_WEEKS * 7 * 24 * HOUR_MS - HOUR_MS, hourMs);
    for (const id of some) {
      const history = histories.get(id);
      usual.known.set(nameOf(scope, by, id, hourMs), history === undefined ? null : usualOf(history, hourMs));
    }
  }
}

function nameOf({ teamId, credentialId }: WatchScope, by: AnomalySubject, id: string, hourMs: number): string {
  return [teamId, credentialId, by, id, hourMs].join(' ');
}

function findingOf(anomaly: Anomaly, { settings }: Alert, hourMs: number): Finding {
  const { by, id, times, usualMicroUsd, topCredential, topModel } = anomaly;
  const highest = reached(settings.thresholds, times ?? Infinity);
  return {
    key: `${by}:${id}`,
    severity: times === null || times >= 10 ? 'critical' : 'warning',
    teamId: anomaly.teamId,
    // A key that made most of it is acted on; one among many is not.
    credentialId:
      by === 'credential' ? anomaly.credentialId : topCredential !== null && topCredential.percent >= 50 ? topCredential.id : null,
    subject: {
      ...(anomaly.team === null ? {} : { team: anomaly.team }),
      ...(anomaly.credential === null ? {} : { credential: anomaly.credential }),
      ...(anomaly.model === null ? {} : { model: anomaly.model }),
    },
    evidence: {
      by,
      threshold: highest,
      hour: new Date(hourMs).toISOString(),
      spent_usd: usd(anomaly.spentMicroUsd),
      usual_usd: usualMicroUsd === null ? null : usd(usualMicroUsd),
      times: times === null ? null : Math.round(times * 10) / 10,
      top_credential: topCredential?.name ?? null,
      top_credential_percent: topCredential?.percent ?? null,
      top_model: topModel?.name ?? null,
      top_model_percent: topModel?.percent ?? null,
    },
  };
}

/** To the cent: more says nothing. */
function usd(microUsd: number): string {
  return formatUsd(BigInt(Math.round(microUsd / 10_000)) * 10_000n);
}
