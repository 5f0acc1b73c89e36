import type { ImportState } from '../../../domain/migration/import';
import { formatUsd } from '../../../domain/money/money';
import { parseWith } from '../../http/faults';
import type { Routes, Steps } from '../../http/routes';
import { sendJson, sendList } from '../../http/send';
import { addImportChecklist, importedCounts, type ImportChecklistDeps } from './checklist';
import { importDefinitions, type ShownOutcome } from './definitions';
import { addImportNotices, planFactsOf, type ImportNoticesDeps } from './notices';
import { addImportTraffic, type ImportTrafficDeps } from './traffic';
import { credentialOf, memberOf, taskOf, teamOf, usageOf } from './rows';
import { importedKeysQuery, importRowsSchema, newImportSchema } from './schema';

export type ImportsDeps = ImportChecklistDeps & ImportNoticesDeps & ImportTrafficDeps;

/** In place of an id: a dry run of a move that has not begun. */
const NO_MOVE = 'none';

/** Routes of /admin/v1/imports. */
export function addImports(routes: Routes<'/admin/v1'>, context: ImportsDeps, json: Steps): void {
  const { imports } = context;
  addImportTraffic(routes, context, json);
  addImportChecklist(routes, context);
  addImportNotices(routes, context);

  routes.get('/imports', async (_request, response) => {
    sendList(response, (await imports.list()).map(importObject), ({ id }) => id);
  });
  routes.post('/imports', json, async (request, response) => {
    const { dry_run: dryRun, plan, ...source } = parseWith(newImportSchema, request.body);
    const begun = (await imports.list()).find((one) => one.source === source.source);
    if (begun === undefined && dryRun) {
      sendJson(response, 200, { ...importObject({ ...source, ...NOTHING }), id: null, created_at: null, updated_at: null });
      return;
    }
    const id = begun !== undefined && (dryRun || plan === undefined) ? begun.id : await imports.begin(source, planFactsOf(source, plan));
    await context.audit.note('import.begin', `import:${id}`, { product: source.product, dry_run: dryRun });
    sendJson(response, begun === undefined ? 201 : 200, importObject(await imports.find(id)));
  });
  routes.get('/imports/:id', async (request, response) => {
    sendJson(response, 200, importObject(await imports.find(request.params.id)));
  });
  routes.post('/imports/:id/rows', json, async (request, response) => {
    const { id } = request.params;
    const { dry_run: dryRun, usage, ...rows } = parseWith(importRowsSchema, request.body);
    if (!(dryRun && id === NO_MOVE)) await imports.require(id);
    const options = { dryRun };
    const outcomes = {
      teams: await imports.teams(id, rows.teams.map(teamOf), options),
      providers: await importDefinitions(context, id, 'provider', rows.providers, options),
      models: await importDefinitions(context, id, 'model', rows.models, options),
      members: await imports.members(id, rows.members.map(memberOf), options),
      credentials: await imports.credentials(id, rows.credentials.map(credentialOf), options),
      tasks: await imports.tasks(id, rows.tasks.map(taskOf), options),
      usage: await imports.usage(id, (usage?.rows ?? []).map(usageOf), usage?.through ?? 0, options),
    };
    await context.audit.note('import.rows', `import:${id}`, countsOf(outcomes, dryRun));
    sendJson(response, 200, {
      object: 'import_rows',
      dry_run: dryRun,
      ...Object.fromEntries(Object.entries(outcomes).map(([name, outcome]) => [name, outcomeObject(outcome)])),
    });
  });
  routes.get('/imports/:id/keys', async (request, response) => {
    const { legacy_ids: ids } = parseWith(importedKeysQuery, request.query);
    await imports.require(request.params.id);
    const keys = await imports.keys(request.params.id, ids.split(','));
    const data = keys.map((key) => ({
      object: 'imported_key',
      legacy_id: key.legacyId,
      team: key.team,
      name: key.name,
      owner: key.owner,
      limit_usd: key.limitMicroUsd === null ? null : formatUsd(key.limitMicroUsd),
      expires_at: key.expiresAt?.toISOString() ?? null,
      models: key.models,
      revoked: key.revoked,
      key_hash: key.keyHash,
    }));
    sendList(response, data, ({ legacy_id: legacyId }) => legacyId);
  });
}

const NOTHING = {
  id: NO_MOVE,
  usageThrough: 0,
  createdAt: new Date(0),
  updatedAt: new Date(0),
  plan: null,
  counts: { team: 0, provider: 0, model: 0, member: 0, credential: 0, task: 0 },
  balanceMicroUsd: 0n,
  ledgerMicroUsd: 0n,
  delta: null,
};

function importObject(state: ImportState) {
  return {
    object: 'import',
    id: state.id,
    source: state.source,
    product: state.product,
    location: state.location,
    usage_through: state.usageThrough,
    counts: importedCounts(state),
    balance_usd: formatUsd(state.balanceMicroUsd),
    ledger_usd: formatUsd(state.ledgerMicroUsd),
    delta:
      state.delta === null
        ? null
        : {
            at: state.delta.at.toISOString(),
            spent_usd: formatUsd(state.delta.spentMicroUsd),
            added_usd: formatUsd(state.delta.addedMicroUsd),
          },
    created_at: state.createdAt.toISOString(),
    updated_at: state.updatedAt.toISOString(),
  };
}

function outcomeObject({ skipped, ...counts }: ShownOutcome) {
  return { ...counts, skipped: skipped.map(({ legacyId, ...why }) => ({ legacy_id: legacyId, ...why })) };
}

function countsOf(outcomes: Readonly<Record<string, ShownOutcome>>, dryRun: boolean): Readonly<Record<string, number | boolean>> {
  const made = Object.entries(outcomes).filter(([, { imported }]) => imported > 0);
  return { dry_run: dryRun, ...Object.fromEntries(made.map(([name, { imported }]) => [name, imported])) };
}
