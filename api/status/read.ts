import { overallOf, type PartState, type Status } from '../../domain/status/status';
import { within } from '../../lib/time';
import type { ApiContext } from '../deps';

export type StatusDeps = Pick<ApiContext, 'catalogue' | 'now' | 'probes' | 'providerHealth' | 'settings' | 'statusStore' | 'workersAlive'>;

/** Anybody may ask, as often as they like: the parts are asked no more often than this. */
const FRESH_MS = 5_000;
const CAP_MS = 2_500;
const MOST_INCIDENTS = 20;

/** The state of the installation, at most five seconds old. It never throws: what does not answer is an outage. */
export function createStatusReader(deps: StatusDeps): () => Promise<Status> {
  let last: { readonly readMs: number; readonly status: Promise<Status> } | null = null;
  return () => {
    const nowMs = performance.now();
    if (last === null || nowMs - last.readMs > FRESH_MS) last = { readMs: nowMs, status: readStatus(deps) };
    return last.status;
  };
}

async function readStatus(deps: StatusDeps): Promise<Status> {
  const at = deps.now();
  const answers = new Map(await Promise.all(deps.probes.map(async (probe) => [probe.name, await isUp(probe.check())] as const)));
  const isPostgresUp = answers.get('postgres') !== false;
  const [areWorkersUp, providers, notice, incidents] = await Promise.all([
    isUp(deps.workersAlive().then((count) => (count > 0 ? undefined : Promise.reject(new Error('no worker'))))),
    orElse(null, providersOf(deps)),
    orElse(null, deps.statusStore.notice(at)),
    orElse([], deps.statusStore.publicIncidents(MOST_INCIDENTS)),
  ]);
  const parts = {
    api: stateOf(isPostgresUp),
    workers: stateOf(areWorkersUp && answers.get('temporal') !== false),
    storage: stateOf([...answers].every(([name, isWell]) => isWell || name === 'postgres' || name === 'temporal')),
  };
  const overall = overallOf({ ...parts, providers, notice });
  return { overall, ...parts, providers: deps.settings.statusIsPublic ? providers : null, notice, incidents, at };
}

/** A provider whose every key and model is cut off is out, one with some cut off is degraded. */
async function providersOf({ catalogue, providerHealth }: StatusDeps): Promise<NonNullable<Status['providers']>> {
  const open = await providerHealth.breakers();
  const health = await providerHealth.health();
  return [...catalogue.current().providers.values()]
    .filter(({ disabled }) => disabled !== true)
    .map(({ name }) => {
      const isCut = open.some(({ provider }) => provider === name);
      const state: PartState = !isCut ? 'operational' : health.get(name)?.successRate === 0 ? 'outage' : 'degraded';
      return { name, state };
    });
}

function stateOf(isWell: boolean): PartState {
  return isWell ? 'operational' : 'outage';
}

function isUp(check: Promise<unknown>): Promise<boolean> {
  return within(CAP_MS, check).then(
    () => true,
    () => false,
  );
}

function orElse<T>(otherwise: T, asked: Promise<T>): Promise<T> {
  return within(CAP_MS, asked).catch(() => otherwise);
}
