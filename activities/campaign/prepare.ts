import type { Campaign, CampaignItem, ItemStart } from '../../domain/campaign/campaign';
import type { Catalogue, Model } from '../../domain/provider/catalogue';
import { AppError, isAppError } from '../../domain/errors';
import type { GenerationInput } from '../../domain/task/generation';
import { formatUsd } from '../../domain/money/money';
import { reservationBound } from '../../domain/money/pricing';
import { mayUseModel, requireCeiling, requireModel } from '../../domain/access/caller';
import { resumableAttempt } from '../../domain/task/replay';
import { parameterLacking } from '../../domain/provider/media-support';
import { fallbackModels, keptFallbacks, planRoutes } from '../../domain/provider/plan';
import { canServe } from '../../domain/provider/routing';
import type { TaskError, TaskSummary } from '../../domain/task/task';
import { taskErrorOf } from '../../domain/task/error';
import type { CampaignDeps } from './deps';

/** Items whose turn has come: those that can be admitted, and those that cannot be started any more. */
export interface Prepared {
  readonly starts: readonly ItemStart[];
  readonly failures: readonly { readonly index: number; readonly error: TaskError }[];
}

/** Makes tasks of items by today's catalogue: between submission and start, prices and models may have changed. */
export async function prepare(deps: CampaignDeps, campaign: Campaign, items: readonly CampaignItem[]): Promise<Prepared> {
  const earlierIds = items.flatMap((item) => (item.taskId === null ? [] : [item.taskId]));
  const earlier = new Map((earlierIds.length === 0 ? [] : await deps.tasks.findMany(earlierIds)).map((task) => [task.id, task]));
  const starts: ItemStart[] = [];
  const failures: Prepared['failures'][number][] = [];
  // The process that checked the items may have heard of a model before this one.
  const isKnown = items.every((item) => canServe(deps.catalogue(), item.model));
  const catalogue = isKnown ? deps.catalogue() : await deps.latestCatalogue();
  for (const item of items) {
    try {
      starts.push(startOf({ ...deps, catalogue }, campaign, item, item.taskId === null ? undefined : earlier.get(item.taskId)));
    } catch (error) {
      if (!isAppError(error)) throw error;
      failures.push({ index: item.index, error: taskErrorOf(error) });
    }
  }
  return { starts, failures };
}

function startOf(
  deps: Pick<CampaignDeps, 'random' | 'newTaskId' | 'now' | 'state'> & { readonly catalogue: Catalogue },
  campaign: Campaign,
  item: CampaignItem,
  earlier: TaskSummary | undefined,
): ItemStart {
  const { catalogue } = deps;
  const model = modelOf(catalogue, item);
  requireModel(campaign.caller, model);
  const { credentialClass } = campaign.caller;
  const unsupported = parameterLacking(item.input);
  const { state, random } = deps;
  const { routes, skipped, able } = planRoutes({ catalogue, models: [model], credentialClass, state, unsupported, random });
  if (routes.length === 0) {
    const name = JSON.stringify(model.name);
    throw skipped.some(({ reason }) => reason === 'class')
      ? new AppError('model_not_allowed', `The model ${name} has no route for keys of the class ${credentialClass}.`, { param: 'model' })
      : new AppError('service_unavailable', `No provider of the model ${name} is configured and enabled.`);
  }
  const fallbacks = fallbackModels(catalogue, model, (fallback) => mayUseModel(campaign.caller, fallback));
  const taken = earlier === undefined ? null : takenUp(item, earlier);
  return {
    index: item.index,
    tries: item.tries,
    admission: {
      task: {
        id: deps.newTaskId(),
        type: item.type,
        operation: item.input.operation,
        endpoint: 'campaigns',
        model: model.name,
        input: taken ?? item.input,
        caller: campaign.caller,
        // The first try keeps it.
        externalId: item.taskId === null ? item.externalId : null,
        metadata: item.metadata,
        callbackUrl: null,
        priority: 'low',
        deadlineAt: item.finishWithinS === null ? null : new Date(deps.now().getTime() + item.finishWithinS * 1_000),
        replayOf: item.taskId,
        campaignId: campaign.id,
        skippedRoutes: skipped,
        routing: skipped.some(({ reason }) => reason.includes(':'))
          ? { ...keptFallbacks(fallbacks), routes: able }
          : keptFallbacks(fallbacks),
        requestHash: item.requestHash,
      },
      reserveMicroUsd: taken === null ? boundOf(campaign, [model, ...Object.values(fallbacks).flat()], item) : 0n,
      idempotency: null,
      firstAttempt: null,
    },
  };
}

function modelOf(catalogue: Catalogue, item: CampaignItem): Model {
  const model = catalogue.models.get(item.model);
  if (model === undefined || model.modality !== item.type) {
    throw new AppError('model_not_found', `The model ${JSON.stringify(item.model)} is no longer configured.`, { param: 'model' });
  }
  return model;
}

/** @throws AppError `model_not_priced`, `budget_exceeded`, `cost_ceiling_exceeded` */
function boundOf({ caller }: Campaign, models: readonly Model[], item: CampaignItem): bigint {
  const bound = models.map((model) => reservationBound(model, item.input)).reduce((most, one) => (one > most ? one : most), 0n);
  if (item.maxCostMicroUsd !== null && item.maxCostMicroUsd < bound) {
    throw new AppError(
      'budget_exceeded',
      `This item may cost up to ${formatUsd(bound)} USD now, more than its budget of ${formatUsd(item.maxCostMicroUsd)} USD.`,
      { param: 'budget.max_cost_usd' },
    );
  }
  requireCeiling(caller, bound);
  return bound;
}

/** The input of a retry that takes up what the earlier try's provider delivered: nothing is bought or reserved again. */
function takenUp(item: CampaignItem, earlier: TaskSummary): GenerationInput | null {
  const { input } = item;
  if (input.operation !== 'image' && input.operation !== 'video') return null;
  return resumableAttempt(earlier) === null ? null : { ...input, resumes: earlier.id };
}
