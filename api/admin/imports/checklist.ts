import { checklistOf, oldAddressOf } from '../../../domain/migration/checklist';
import type { ImportState } from '../../../domain/migration/import';
import { formatUsd } from '../../../domain/money/money';
import type { ApiContext } from '../../deps';
import { parseWith } from '../../http/faults';
import { preferredLanguage } from '../../http/language';
import type { Routes } from '../../http/routes';
import { sendList } from '../../http/send';
import { checklistQuery } from './checklist-schema';
import { shownTraffic } from './traffic';

export type ImportChecklistDeps = Pick<ApiContext, 'answers' | 'catalogue' | 'catalogueAdmin' | 'imports' | 'importTraffic'>;

/** The plan in the commands that are advised: whoever asks here has it under a name that is not known. */
const PLAN_FILE = 'plan.yaml';

/** `GET /admin/v1/imports/{id}/checklist`: where a move stands, as `atelier migrate checklist` says it. */
export function addImportChecklist(routes: Routes<'/admin/v1'>, context: ImportChecklistDeps): void {
  routes.get('/imports/:id/checklist', async (request, response) => {
    const { id } = request.params;
    const { lang = preferredLanguage(request, response) } = parseWith(checklistQuery, request.query);
    const state = await context.imports.find(id);
    const traffic = await shownTraffic(context, id);
    const address = oldAddressOf(state.plan, traffic.base_url);
    const move = {
      hasBegun: true,
      came: importedCounts(state),
      usageThrough: state.usageThrough,
      balanceUsd: formatUsd(state.balanceMicroUsd),
      ledgerUsd: formatUsd(state.ledgerMicroUsd),
      delta: deltaOf(state),
      traffic: traffic.state === 'off' ? null : { percent: traffic.percent, ...traffic.old_keys },
      enabled: enabledIn(context),
      oldGateway: address === null ? null : { address, answers: await context.answers(address) },
    };
    response.setHeader('content-language', lang);
    const checks = checklistOf(state.plan, move, lang, PLAN_FILE).map((check) => ({ object: 'import_check', ...check }));
    sendList(response, checks, ({ name }) => name);
  });
}

/** How many of each kind came in, by the names of the API. */
export function importedCounts({ counts }: Pick<ImportState, 'counts'>) {
  return {
    teams: counts.team,
    providers: counts.provider,
    models: counts.model,
    users: counts.member,
    keys: counts.credential,
    tasks: counts.task,
  };
}

function deltaOf({ delta }: ImportState) {
  return delta === null ? null : { at: delta.at, spentUsd: formatUsd(delta.spentMicroUsd), addedUsd: formatUsd(delta.addedMicroUsd) };
}

function enabledIn({ catalogue }: ImportChecklistDeps): ReadonlySet<string> {
  return new Set([...catalogue.current().providers.values()].filter(({ disabled }) => disabled !== true).map(({ name }) => name));
}
