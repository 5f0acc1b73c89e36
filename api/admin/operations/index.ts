import { failureObject } from '../../../domain/alert/object';
import { dayOf, FIXED_QUEUES, providerQueue, sumOfLoads, type Load, type WorkLoad } from '../../../domain/operations/operations';
import { formatUsd } from '../../../domain/money/money';
import { within } from '../../../lib/time';
import type { ApiContext } from '../../deps';
import { askParts } from '../../health/ask-parts';
import type { Routes } from '../../http/routes';
import { sendJson, sendList } from '../../http/send';

export type OperationsDeps = Pick<
  ApiContext,
  | 'alerts'
  | 'catalogue'
  | 'now'
  | 'operations'
  | 'probes'
  | 'providerBalances'
  | 'providerHealth'
  | 'queueSource'
  | 'settings'
  | 'workersAlive'
>;

/** Above what the parts are asked for. */
const CAP_MS = 3_000;

/** Routes of /admin/v1/system and /admin/v1/queues. */
export function addOperations(routes: Routes<'/admin/v1'>, context: OperationsDeps): void {
  routes.get('/system', async (_request, response) => sendJson(response, 200, await systemObject(context)));
  routes.get('/queues', async (_request, response) => sendList(response, await queueObjects(context), ({ name }) => name));
}

async function systemObject(context: OperationsDeps) {
  const { alerts, now, operations, providerBalances, providerHealth, queueSource, settings } = context;
  const at = now();
  const since = dayOf(at);
  const [parts, processes, place, postgres, work, callbacks, breakers, incidents, spent, balances, watched] = await Promise.all([
    askParts(context),
    orNull(operations.instances()),
    orNull(queueSource.place()),
    orNull(operations.version()),
    orNull(operations.work()),
    orNull(operations.deliveries()),
    orNull(providerHealth.breakers()),
    orNull(operations.openIncidents()),
    orNull(operations.spentSince(since)),
    orNull(providerBalances.last()),
    orNull(alerts.enabled()),
  ]);
  const serving = (role: string) => processes?.filter((process) => process.role === role).length ?? null;
  const shown = [{ name: 'api', problem: null }, ...parts].map(({ name, problem }) => ({
    name,
    status: problem === null ? ('up' as const) : ('down' as const),
    message: problem,
    processes: name === 'api' || name === 'worker' ? serving(name) : null,
  }));
  return {
    object: 'system' as const,
    version: settings.version,
    at: at.toISOString(),
    ok: shown.every(({ status }) => status === 'up'),
    parts: shown,
    processes:
      processes?.map(({ startedAt, seenAt, ...process }) => ({
        ...process,
        started_at: startedAt.toISOString(),
        seen_at: seenAt.toISOString(),
      })) ?? null,
    temporal: {
      address: place?.address ?? null,
      namespace: place?.namespace ?? null,
      version: place?.version ?? null,
      ui_url: settings.temporalUiUrl,
    },
    postgres: { version: postgres },
    backlog: work === null ? null : loadObject(sumOfLoads(work.filter(({ queue }) => queue === 'interactive' || queue === 'media'))),
    callbacks,
    breakers:
      breakers?.map(({ provider, key, model, state, openedAt }) => ({ provider, key, model, state, opened_at: openedAt.toISOString() })) ??
      null,
    incidents_open: incidents,
    alerts_failing:
      watched?.flatMap(({ name, rule, failure }) => (failure === null ? [] : [{ name, rule, ...failureObject(failure) }])) ?? null,
    balances:
      balances?.flatMap(({ provider, key, balances: told, at, error }) =>
        told.map((balance) => ({ provider, key, ...balance, at: at?.toISOString() ?? null, error })),
      ) ?? null,
    backup_to: settings.backupTo,
    spend_today: spent === null ? null : { usd: formatUsd(spent), since: since.toISOString() },
  };
}

async function queueObjects({ catalogue, operations, queueSource }: OperationsDeps) {
  const providers = new Map([...catalogue.current().providers.values()].map((provider) => [providerQueue(provider.name), provider]));
  const names = [...FIXED_QUEUES, ...providers.keys()];
  const [work, calls, processes, states] = await Promise.all([
    operations.work(),
    operations.providerCalls(),
    operations.instances(),
    orNull(queueSource.queues(names)),
  ]);
  const living = new Set(processes.map(({ id }) => id));
  return names.map((name) => {
    const provider = providers.get(name);
    const state = states?.get(name);
    const loads = work.filter(({ queue }) => queue === name);
    const load: Load =
      provider === undefined
        ? sumOfLoads(loads)
        : { waiting: state?.backlog ?? 0, running: calls.get(provider.name) ?? 0, oldestAgeS: state?.oldestAgeS ?? null };
    return {
      object: 'queue' as const,
      name,
      ...loadObject(load),
      // A poller that has gone is listed for minutes.
      workers: state?.pollers.filter((poller) => living.has(poller)).length ?? null,
      capacity: provider?.maxConcurrency ?? null,
      loads: loads.map(workObject),
    };
  });
}

function loadObject({ waiting, running, oldestAgeS }: Load) {
  return { waiting, running, oldest_age_s: oldestAgeS === null ? null : Math.max(0, Math.round(oldestAgeS * 1_000) / 1_000) };
}

function workObject({ kind, class: ofClass, heldByRate, ...load }: WorkLoad) {
  return { kind, class: ofClass, ...loadObject(load), held_by_rate: heldByRate };
}

function orNull<T>(asked: Promise<T>): Promise<T | null> {
  return within(CAP_MS, asked).catch(() => null);
}
