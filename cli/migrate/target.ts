import type {
  DeltaAnswer,
  GroupOutcome,
  KeyState,
  MoveState,
  Rollback,
  RowList,
  TargetInstallation,
  TrafficState,
} from '../../importer/apply/installation';
import type { CliDeps } from '../deps';
import { createApiClient, type ApiClient } from '../http/client';
import { CliFailure } from '../failure';
import type { Installation } from '../installation';
import { asList, asObject, asText } from '../json-value';

const IMPORTS = '/admin/v1/imports';
/** In place of an id: a dry run of a move that has not begun. */
const NO_MOVE = 'none';

/** The installation that is moved to, by its administration over HTTP. */
export function createTarget(client: ApiClient, installation: Installation, fetch: CliDeps['fetch']): TargetInstallation {
  // What came in stays as it is, so that all of these may be repeated.
  const post = (path: string, body: unknown): Promise<unknown> => client.call({ method: 'POST', path, body, repeats: 3 });
  const list = async (path: string): Promise<readonly Readonly<Record<string, unknown>>[]> =>
    asList(asObject(await client.call({ path }))?.['data']).map((item) => asObject(item) ?? {});
  const namesAt = async (path: string, wanted: (item: Readonly<Record<string, unknown>>) => boolean): Promise<ReadonlySet<string>> =>
    new Set((await list(path)).filter(wanted).map((item) => asText(item['name']) ?? ''));

  return {
    begin: async (source) => (await post(IMPORTS, source)) as MoveState,
    rows: async (id, dryRun, rows) =>
      (await post(`${IMPORTS}/${id ?? NO_MOVE}/rows`, { dry_run: dryRun, ...rows })) as Record<RowList, GroupOutcome>,
    keys: async (id, legacyIds) =>
      (await list(`${IMPORTS}/${id}/keys?legacy_ids=${legacyIds.join(',')}`)) as unknown as readonly KeyState[],
    traffic: async (id) => (await client.call({ path: `${IMPORTS}/${id}/traffic` })) as TrafficState,
    setTraffic: async (id, wish) => (await client.call({ method: 'PUT', path: `${IMPORTS}/${id}/traffic`, body: wish })) as TrafficState,
    endTraffic: async (id) => (await client.call({ method: 'DELETE', path: `${IMPORTS}/${id}/traffic` })) as TrafficState,
    keepKeys: async (id, keys) => (await post(`${IMPORTS}/${id}/traffic/keys`, { keys })) as { kept: number; refused: string[] },
    rollback: async (id) => (await client.call({ method: 'POST', path: `${IMPORTS}/${id}/rollback` })) as Rollback,
    delta: async (id, dryRun, rows) => (await post(`${IMPORTS}/${id}/delta`, { dry_run: dryRun, ...rows })) as DeltaAnswer,
    names: (of) => namesAt(`/admin/v1/${of}`, () => true),
    enabledProviders: () => namesAt('/admin/v1/providers', ({ enabled }) => enabled !== false),
    async signIn(key) {
      const statuses: number[] = [];
      for (const spelled of [key, `sk-${key}`, `sk-${key}-1`]) {
        statuses.push(await statusOf(createApiClient({ baseUrl: installation.baseUrl, key: spelled, fetch })));
      }
      return statuses;
    },
    async test(provider, model) {
      try {
        const answer = asObject(await post(`/admin/v1/providers/${encodeURIComponent(provider)}/test`, { model })) ?? {};
        const failed = asList(answer['steps'])
          .map((step) => asObject(step) ?? {})
          .find(({ ok }) => ok !== true);
        return { ok: answer['ok'] === true, message: asText(failed?.['message']) ?? '' };
      } catch (error) {
        if (error instanceof CliFailure) return { ok: false, message: error.message };
        throw error;
      }
    },
  };
}

async function statusOf(client: ApiClient): Promise<number> {
  try {
    await client.call({ path: '/v1/models', repeats: 0 });
    return 200;
  } catch (error) {
    if (error instanceof CliFailure) return error.facts.status ?? 0;
    throw error;
  }
}
