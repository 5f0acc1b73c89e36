import type { Finding } from '../../../domain/alert/incident';
import { reached, type Alert } from '../../../domain/alert/rule';
import type { WatchScope } from '../../../domain/alert/watch';
import type { WatchingDeps } from '../deps';

type Deps = Pick<WatchingDeps, 'watch'>;

/** Receivers of callbacks that take none. */
export async function findFailingReceivers({ watch }: Deps, alert: Alert): Promise<readonly Finding[]> {
  return (await watch.failingReceivers(scopeOf(alert))).flatMap(({ team, host, events, lastError }): Finding[] => {
    const threshold = reached(alert.settings.thresholds, events);
    if (threshold === null) return [];
    return [
      {
        key: `${team.id}:${host}`,
        severity: 'warning',
        teamId: team.id,
        credentialId: null,
        subject: { team: team.name, host },
        evidence: { threshold, events, last_error: lastError },
      },
    ];
  });
}

/** Runs that have waited for too long. */
export async function findBacklog({ watch }: Deps, alert: Alert): Promise<readonly Finding[]> {
  const { team, settings } = alert;
  const backlog = await watch.backlog(scopeOf(alert), settings.model);
  const threshold = backlog === null ? null : reached(settings.thresholds, backlog.oldestS);
  if (backlog === null || threshold === null) return [];
  return [
    {
      key: 'backlog',
      severity: 'warning',
      teamId: team?.id ?? null,
      credentialId: null,
      subject: { ...(team === null ? {} : { team: team.name }), ...(settings.model === null ? {} : { model: settings.model }) },
      evidence: { threshold, waiting: backlog.waiting, oldest_s: Math.round(backlog.oldestS) },
    },
  ];
}

/** Keys that are used from a network they never came from. */
export async function findNewNetworks({ watch }: Deps, alert: Alert): Promise<readonly Finding[]> {
  return (await watch.newNetworks(scopeOf(alert))).map(({ team, credential, network, firstSeenAt }) => ({
    key: `${credential.id}:${network}`,
    severity: 'warning' as const,
    teamId: team.id,
    credentialId: credential.id,
    subject: { team: team.name, credential: credential.name },
    evidence: { network, first_seen_at: firstSeenAt.toISOString() },
  }));
}

/** Runs that have not moved for long. */
export async function findStuckRuns({ watch }: Deps, alert: Alert): Promise<readonly Finding[]> {
  const { thresholds } = alert.settings;
  return (await watch.stuckRuns(scopeOf(alert), Math.min(...thresholds))).map(({ team, runs, minutes, taskIds }) => ({
    key: String(team.id),
    severity: 'warning' as const,
    teamId: team.id,
    credentialId: null,
    subject: { team: team.name },
    evidence: { threshold: reached(thresholds, minutes), runs, minutes: Math.floor(minutes), task_ids: taskIds },
  }));
}

function scopeOf({ team, credential }: Alert): WatchScope {
  return { teamId: team?.id ?? null, credentialId: credential?.id ?? null };
}
