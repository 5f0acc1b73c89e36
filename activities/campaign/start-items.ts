import type { Campaign } from '../../domain/campaign/campaign';
import { AppError } from '../../domain/errors';
import type { NewTask } from '../../domain/task/store';
import { taskErrorOf } from '../../domain/task/error';
import type { CampaignWatch } from './watchers';
import type { CampaignDeps } from './deps';
import { inParallel } from '../../lib/parallel';
import { prepare } from './prepare';

/** Most items admitted by one statement, which holds the locks of the team's accounts meanwhile. */
const GROUP = 25;
const STARTS_AT_ONCE = 20;
/** Temporal's priority of campaign items: after everything that somebody asked for alone. */
const PRIORITY_KEY = 4;

/**
 * `open`: as many as may start now were started. `stopped`: nothing more will start until something changes (the window is full, budget or
 * quota are used up, the campaign does not run, or no item is left).
 */
export type Starting = 'open' | 'stopped';

/** Starts items, in order, as far as window, budget, quotas and the pace allow. */
export async function startItems(deps: CampaignDeps, campaign: Campaign, watch: CampaignWatch): Promise<Starting> {
  while (!deps.stopping.aborted) {
    const places = watch.places(await deps.pace());
    if (places <= 0) return 'open';
    const items = await deps.campaigns.nextItems(campaign.id, Math.min(GROUP, places));
    if (items.length === 0) return 'stopped';
    const { starts, failures } = await prepare(deps, campaign, items);
    if (failures.length > 0) await deps.campaigns.failItems(campaign.id, failures);
    if (starts.length === 0) continue;
    const { state, started, clashed } = await deps.campaigns.startItems(campaign.id, starts);
    const running = new Set(started);
    const tasks = starts.filter((start) => running.has(start.index)).map((start) => start.admission.task);
    watch.started(tasks.map((task) => task.id));
    await launch(deps, tasks);
    if (clashed.length > 0) {
      await deps.campaigns.failItems(
        campaign.id,
        clashed.map(({ index, taskId }) => ({ index, error: taskErrorOf(externalIdInUse(taskId)) })),
      );
    }
    if (state !== 'going') return 'stopped';
  }
  return 'open';
}

function externalIdInUse(taskId: string): AppError {
  return new AppError('external_id_in_use', `The external_id belongs to another task (${taskId}).`, { param: 'external_id' });
}

/** Gives admitted tasks their owner workflows. */
async function launch(deps: CampaignDeps, tasks: readonly NewTask[]): Promise<void> {
  const texts = tasks.filter((task) => task.type === 'text').map((task) => task.id);
  const [first] = texts;
  const groups = first === undefined ? [] : [() => deps.runner.startGroup(deps.textGroupIdOf(first), texts, { priorityKey: PRIORITY_KEY })];
  const media = tasks.flatMap((task) => {
    const { operation, caller } = task;
    if (operation !== 'image' && operation !== 'video') return [];
    return [
      () =>
        deps.runner.startMedia({
          id: task.id,
          operation,
          teamName: caller.teamName,
          credentialClass: caller.credentialClass,
          priorityKey: PRIORITY_KEY,
          campaignId: task.campaignId,
        }),
    ];
  });
  try {
    await inParallel([...groups, ...media], STARTS_AT_ONCE, (start) => start());
  } catch (error) {
    // They are admitted and stored: the sweeper starts what has no workflow.
    deps.logger.warn({ err: error, tasks: tasks.length }, 'items of a campaign could not be started; the sweeper will start them');
  }
}
