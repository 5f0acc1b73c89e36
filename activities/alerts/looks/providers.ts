import type { Finding } from '../../../domain/alert/incident';
import { reached, type Alert } from '../../../domain/alert/rule';
import type { WatchingDeps } from '../deps';

type Deps = Pick<WatchingDeps, 'health' | 'now' | 'watch'>;

/** Providers of which too many calls fail. */
export async function findErrorRates({ health }: Deps, { settings }: Alert): Promise<readonly Finding[]> {
  const found = [...(await health.health())].filter(([provider]) => settings.provider === null || provider === settings.provider);
  return found.flatMap(([provider, { requests, successRate }]): Finding[] => {
    const percent = successRate === null ? 0 : Math.round((1 - successRate) * 1_000) / 10;
    const threshold = reached(settings.thresholds, percent);
    if (requests < settings.minRequests || threshold === null) return [];
    const failed = Math.round((1 - (successRate ?? 1)) * requests);
    return [ofProvider(provider, threshold, percent >= 50 ? 'critical' : 'warning', { percent, failed, requests })];
  });
}

/** Providers whose answers take too long. */
export async function findLatencies({ health }: Deps, { settings }: Alert): Promise<readonly Finding[]> {
  const found = [...(await health.health())].filter(([provider]) => settings.provider === null || provider === settings.provider);
  return found.flatMap(([provider, { requests, p50Ms, p95Ms }]): Finding[] => {
    const threshold = reached(settings.thresholds, p95Ms ?? 0);
    if (requests < settings.minRequests || threshold === null) return [];
    return [ofProvider(provider, threshold, 'warning', { p95_ms: p95Ms, p50_ms: p50Ms, requests })];
  });
}

/** Keys and models of providers that calls are kept away from. */
export async function findOpenBreakers({ health, now }: Deps, { settings }: Alert): Promise<readonly Finding[]> {
  const open = (await health.breakers()).filter(
    ({ provider, model }) =>
      (settings.provider === null || provider === settings.provider) && (settings.model === null || model === settings.model),
  );
  return open.flatMap(({ provider, key, model, openedAt, lastError }): Finding[] => {
    const minutes = (now().getTime() - openedAt.getTime()) / 60_000;
    const threshold = reached(settings.thresholds, minutes);
    if (threshold === null) return [];
    return [
      {
        key: `${provider}:${key}:${model}`,
        severity: 'critical',
        teamId: null,
        credentialId: null,
        subject: { provider, model },
        evidence: { threshold, since: openedAt.toISOString(), key, last_error: lastError },
      },
    ];
  });
}

/** Providers that refuse our key or bill. */
export function findRefusedKeys(deps: Deps, alert: Alert | null): Promise<readonly Finding[]> {
  return findFaults(deps, alert, 'provider_auth', 'critical');
}

/** Providers that do not know a model of a route. */
export function findUnknownModels(deps: Deps, alert: Alert | null): Promise<readonly Finding[]> {
  return findFaults(deps, alert, 'provider_not_found', 'warning');
}

async function findFaults(
  { watch }: Deps,
  alert: Alert | null,
  code: 'provider_auth' | 'provider_not_found',
  severity: Finding['severity'],
): Promise<readonly Finding[]> {
  const thresholds = alert?.settings.thresholds ?? [1];
  const found = await watch.providerFaults(code, alert?.settings.provider ?? null);
  return found.flatMap(({ provider, calls, models, taskIds }): Finding[] => {
    const threshold = reached(thresholds, calls);
    return threshold === null ? [] : [ofProvider(provider, threshold, severity, { calls, models, task_ids: taskIds })];
  });
}

function ofProvider(provider: string, threshold: number, severity: Finding['severity'], evidence: Finding['evidence']): Finding {
  return { key: provider, severity, teamId: null, credentialId: null, subject: { provider }, evidence: { threshold, ...evidence } };
}
