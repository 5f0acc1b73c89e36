import { AppError } from '../../../domain/errors';
import { WHOLE, type SourceKey, type StateOutcome, type Traffic } from '../../../domain/migration/traffic';
import { formatUsd, parseUsd } from '../../../domain/money/money';
import type { ApiContext } from '../../deps';
import { parseWith } from '../../http/faults';
import type { Routes, Steps } from '../../http/routes';
import { sendJson, sendList } from '../../http/send';
import { importedTasksQuery, newDeltaSchema, newTrafficSchema, oldKeysSchema, type NewDelta, type NewTraffic } from './traffic-schema';

export type ImportTrafficDeps = Pick<ApiContext, 'audit' | 'catalogueAdmin' | 'imports' | 'importTraffic'>;

type ShownTrafficDeps = Pick<ApiContext, 'catalogueAdmin' | 'importTraffic'>;

/** The provider that stands for the gateway of the first move; of others their id follows. */
const PROVIDER = 'old-gateway';

/** Routes of /admin/v1/imports that lead a move from one side to the other. */
export function addImportTraffic(routes: Routes<'/admin/v1'>, context: ImportTrafficDeps, json: Steps): void {
  const { imports, importTraffic, catalogueAdmin, audit } = context;
  const shown = (id: string) => shownTraffic(context, id);

  routes.get('/imports/:id/traffic', async (request, response) => {
    const { id } = request.params;
    await imports.require(id);
    sendJson(response, 200, await shown(id));
  });
  routes.put('/imports/:id/traffic', json, async (request, response) => {
    const { id } = request.params;
    const wish = parseWith(newTrafficSchema, request.body);
    await imports.require(id);
    const before = await importTraffic.find(id);
    const provider = await reach(context, id, before, wish);
    await importTraffic.set(id, {
      provider,
      models: wish.models === undefined ? (before?.models ?? null) : wish.models,
      here: stepsOf(wish.percent),
      splitBy: wish.split_by,
      teams: wish.teams.map(({ team, percent }) => ({ team, here: stepsOf(percent) })),
      keys: wish.keys.map(({ team, name, percent }) => ({ team, name, here: stepsOf(percent) })),
    });
    const { percent, teams, keys, split_by: splitBy } = wish;
    await audit.note('import.traffic', `import:${id}`, { percent, split_by: splitBy, teams: teams.length, keys: keys.length, provider });
    sendJson(response, 200, await shown(id));
  });
  routes.post('/imports/:id/traffic/keys', json, async (request, response) => {
    const { id } = request.params;
    const { keys } = parseWith(oldKeysSchema, request.body);
    await imports.require(id);
    const refused = await importTraffic.keep(
      id,
      keys.map(({ legacy_id: legacyId, key }) => ({ legacyId, key })),
    );
    const kept = keys.length - refused.length;
    await audit.note('import.keep_keys', `import:${id}`, { kept });
    sendJson(response, 200, { object: 'import_old_keys', kept, refused });
  });
  routes.delete('/imports/:id/traffic', async (request, response) => {
    const { id } = request.params;
    await imports.require(id);
    const traffic = await importTraffic.find(id);
    if (traffic !== null) {
      await importTraffic.end(id);
      await catalogueAdmin.removeProvider(traffic.provider).catch(unlessGone);
      await audit.note('import.end_traffic', `import:${id}`, { provider: traffic.provider, old_keys: traffic.counts.kept });
    }
    sendJson(response, 200, await shown(id));
  });
  routes.post('/imports/:id/rollback', async (request, response) => {
    const { id } = request.params;
    await imports.require(id);
    const traffic = await importTraffic.find(id);
    if (traffic === null)
      throw new AppError('conflict', 'No traffic of this move goes through the old gateway: there is nothing to send back.');
    await importTraffic.set(id, { ...traffic, here: 0, teams: [], keys: [] });
    const spent = await importTraffic.spent(id);
    await audit.note('import.rollback', `import:${id}`, { provider: traffic.provider, spent_here_usd: formatUsd(spent.totalMicroUsd) });
    sendJson(response, 200, {
      object: 'import_rollback',
      traffic: await shown(id),
      spent_here: {
        since: spent.since.toISOString(),
        total_usd: formatUsd(spent.totalMicroUsd),
        data: spent.keys.map(({ spentMicroUsd, ...key }) => ({ ...key, spent_usd: formatUsd(spentMicroUsd) })),
      },
    });
  });
  routes.post('/imports/:id/delta', json, async (request, response) => {
    const { id } = request.params;
    const { dry_run: dryRun, members, credentials, ...states } = parseWith(newDeltaSchema, request.body);
    await imports.require(id);
    const book = async (of: 'member' | 'credential', rows: typeof members) => {
      const outcome = await importTraffic.book(
        id,
        of,
        rows.map(({ legacy_id: legacyId, left_usd: left }) => ({ legacyId, leftMicroUsd: signed(left) })),
        dryRun,
      );
      return {
        changed: outcome.changed,
        unchanged: outcome.known.size - outcome.changed,
        unknown: rows.map(({ legacy_id: legacyId }) => legacyId).filter((legacyId) => !outcome.known.has(legacyId)),
        spent_usd: formatUsd(outcome.spentMicroUsd),
        added_usd: formatUsd(outcome.addedMicroUsd),
      };
    };
    const memberStates = states.member_states.map(({ legacy_id: legacyId, state }) => ({ legacyId, state }));
    const keyStates = states.key_states.map(sourceKeyOf);
    const taken = {
      member_states: takenObject(memberStates, await importTraffic.takeMembers(id, memberStates, dryRun)),
      key_states: takenObject(keyStates, await importTraffic.takeKeys(id, keyStates, dryRun)),
    };
    const booked = { members: await book('member', members), credentials: await book('credential', credentials) };
    await audit.note('import.delta', `import:${id}`, {
      dry_run: dryRun,
      members: booked.members.changed,
      keys: booked.credentials.changed,
      spent_usd: booked.members.spent_usd,
      added_usd: booked.members.added_usd,
      keys_refused: taken.key_states.refused.length,
      keys_restored: taken.key_states.restored.length,
      keys_bounds: taken.key_states.bounds.length,
    });
    sendJson(response, 200, { object: 'import_delta', dry_run: dryRun, ...booked, ...taken });
  });
  routes.get('/imports/:id/tasks', async (request, response) => {
    const { limit, after = null } = parseWith(importedTasksQuery, request.query);
    await imports.require(request.params.id);
    const found = await importTraffic.records(request.params.id, { limit: limit + 1, after });
    const data = found.slice(0, limit).map(({ succeeded, failReason, costMicroUsd, createdAt, finishedAt, ...record }) => ({
      object: 'imported_task',
      ...record,
      status: succeeded ? 'succeeded' : 'failed',
      fail_reason: failReason,
      cost_usd: formatUsd(costMicroUsd),
      created_at: createdAt.toISOString(),
      finished_at: finishedAt?.toISOString() ?? null,
    }));
    sendList(response, data, ({ id }) => id, found.length > limit);
  });
}

/** Which of the old keys are served here, as the API says it. */
export async function shownTraffic(context: ShownTrafficDeps, id: string): Promise<ReturnType<typeof trafficObject>> {
  const traffic = await context.importTraffic.find(id);
  return trafficObject(id, traffic, traffic === null ? null : await addressOf(context, traffic.provider));
}

/** The provider that stands for the old gateway, made or led to another address. */
async function reach({ catalogueAdmin }: ImportTrafficDeps, id: string, before: Traffic | null, wish: NewTraffic): Promise<string> {
  const baseUrl = wish.base_url === undefined ? undefined : addressWithVersion(wish.base_url);
  if (before !== null) {
    if (baseUrl !== undefined) await catalogueAdmin.changeProvider(before.provider, { base_url: baseUrl });
    return before.provider;
  }
  if (baseUrl === undefined) throw new AppError('missing_required_parameter', 'Say where the old gateway is.', { param: 'base_url' });
  const taken = new Set((await catalogueAdmin.providers()).map(({ entry }) => entry.name));
  const name = taken.has(PROVIDER) ? `${PROVIDER}-${id.slice(-8)}` : PROVIDER;
  await catalogueAdmin.createProvider({ name, kind: 'openai', base_url: baseUrl });
  return name;
}

/** Both programs serve below /v1, and say their address without it. */
function addressWithVersion(given: string): string {
  const address = given.replace(/\/+$/, '');
  return /\/v\d+$/.test(address) ? address : `${address}/v1`;
}

async function addressOf({ catalogueAdmin }: ShownTrafficDeps, name: string): Promise<string | null> {
  const found = (await catalogueAdmin.providers()).find(({ entry }) => entry.name === name);
  const address = found?.entry['base_url'];
  return typeof address === 'string' ? address : null;
}

function unlessGone(error: unknown): void {
  if (!(error instanceof AppError) || error.code !== 'not_found') throw error;
}

function sourceKeyOf(row: NewDelta['key_states'][number]): SourceKey {
  return {
    legacyId: row.legacy_id,
    state: row.state,
    leftMicroUsd: row.left_usd === null ? null : signed(row.left_usd),
    expiresAt: row.expires_at === null ? null : new Date(row.expires_at),
    models: row.models,
    ipAllow: row.ip_allow,
  };
}

function takenObject(given: readonly { readonly legacyId: string }[], { known, refused, restored, bounds }: StateOutcome) {
  return { refused, restored, bounds, unknown: given.map(({ legacyId }) => legacyId).filter((legacyId) => !known.has(legacyId)) };
}

const stepsOf = (percent: number): number => Math.round(percent * (WHOLE / 100));
const percentOf = (here: number): number => here / (WHOLE / 100);

function signed(usd: string): bigint {
  return usd.startsWith('-') ? -parseUsd(usd.slice(1)) : parseUsd(usd);
}

function trafficObject(id: string, traffic: Traffic | null, baseUrl: string | null) {
  return {
    object: 'import_traffic',
    import_id: id,
    state: traffic === null ? 'off' : 'on',
    provider: traffic?.provider ?? null,
    base_url: baseUrl,
    percent: percentOf(traffic?.here ?? WHOLE),
    split_by: traffic?.splitBy ?? 'key',
    models: traffic?.models ?? null,
    teams: (traffic?.teams ?? []).map(({ team, here }) => ({ team, percent: percentOf(here) })),
    keys: (traffic?.keys ?? []).map(({ team, name, here }) => ({ team, name, percent: percentOf(here) })),
    old_keys: traffic?.counts ?? { kept: 0, here: 0, old: 0 },
    began_at: traffic?.beganAt.toISOString() ?? null,
    updated_at: traffic?.updatedAt.toISOString() ?? null,
  };
}
