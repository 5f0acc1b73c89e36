import type { Campaign, CampaignItem, ItemStart } from '../../domain/campaign/campaign';
import type { Caller } from '../../domain/access/caller';
import { quote } from '../../domain/admission/quote';
import { rateTokensOf } from '../../domain/admission/rate-tokens';
import type { Catalogue } from '../../domain/provider/catalogue';
import { isAppError } from '../../domain/errors';
import { itemTaskId } from '../../domain/campaign/item-task';
import { templateFacts } from '../../domain/records/request';
import { isMediaInput, type GenerationInput } from '../../domain/task/generation';
import { resumableAttempt } from '../../domain/task/replay';
import { canServe, placeOf } from '../../domain/provider/routing';
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
  deps: Pick<CampaignDeps, 'random' | 'digest' | 'instanceId' | 'now' | 'state'> & { readonly catalogue: Catalogue },
  campaign: Campaign,
  item: CampaignItem,
  earlier: TaskSummary | undefined,
): ItemStart {
  const { catalogue, random } = deps;
  const taken = earlier === undefined ? null : takenUp(item, earlier);
  const { model: name, input, routing: wish } = item;
  // What was paid for already fits every ceiling.
  const caller = taken === null ? campaign.caller : withoutCeiling(campaign.caller);
  const maxCostMicroUsd = taken === null ? item.maxCostMicroUsd : null;
  const quoted = quote(
    // An item waits for room at its provider, whatever it makes.
    { state: { ...deps.state, isFull: () => false }, random },
    { catalogue, caller, endpoint: 'campaigns', model: name, input, maxCostMicroUsd, ...(wish === undefined ? {} : { routing: wish }) },
  );
  const { model, boundMicroUsd, skipped, routing } = quoted;
  const [first] = quoted.routes;
  return {
    index: item.index,
    tries: item.tries,
    admission: {
      task: {
        id: itemTaskId(deps.now(), { campaignId: campaign.id, index: item.index, tries: item.tries }, deps.digest),
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
        routing,
        request: templateFacts(item.template),
        requestHash: item.requestHash,
      },
      reserveMicroUsd: taken === null ? boundMicroUsd : 0n,
      idempotency: null,
      ...rateTokensOf(campaign.caller, model, input),
      firstAttempt:
        first === undefined || taken !== null || !isMediaInput(item.input) ? null : { ...placeOf(first), instanceId: deps.instanceId },
    },
  };
}

function withoutCeiling(caller: Caller): Caller {
  return { ...caller, bounds: { ...caller.bounds, maxCostPerRequestMicroUsd: null } };
}

/** The input of a retry that takes up what the earlier try's provider delivered: nothing is bought or reserved again. */
function takenUp(item: CampaignItem, earlier: TaskSummary): GenerationInput | null {
  const { input } = item;
  if (input.operation !== 'image' && input.operation !== 'video') return null;
  return resumableAttempt(earlier) === null ? null : { ...input, resumes: earlier.id };
}
