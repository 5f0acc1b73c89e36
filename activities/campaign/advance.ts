import { batchOfCampaign } from '../../domain/batch/batch';
import type { Campaign } from '../../domain/campaign/campaign';
import { isTerminal, type TaskSummary } from '../../domain/task/task';
import { inParallel } from '../../lib/parallel';
import type { CampaignDeps } from './deps';
import { startItems, type Starting } from './start-items';

/** `rest`: the campaign has ended, or stands until a verb moves it. `more`: the turn is over, the next one goes on. */
export type CampaignTurn = 'more' | 'rest';

/** A turn stays with its campaign this long, so that an end is followed by the next start within milliseconds and leaves no history. */
const TURN_MS = 25_000;
/** Changes that come close together are followed by one look. */
const GATHER_MS = 30;
/** What the change feed misses is seen after this. */
const LOOK_EVERY_MS = 2_500;
/** How often the campaign's row says that it is looked after; the sweeper wakes what nobody looks after. */
const RECONCILE_EVERY_MS = 5_000;

/**
 * One turn of a campaign: keeps its window full, ends its items when it is cancelled. All state is in the rows, so a turn may be cut off
 * anywhere and repeated.
 */
export async function advanceCampaign(deps: CampaignDeps, campaignId: string): Promise<CampaignTurn> {
  const watch = deps.watchers.watch(campaignId);
  const stopListening = deps.lane.onFree(campaignId, () => watch.ring());
  const told = new Set<string>();
  const turnEnds = performance.now() + TURN_MS;
  let campaign: Campaign | null = null;
  let reconcileAt = Number.NEGATIVE_INFINITY;
  try {
    for (;;) {
      if (performance.now() >= reconcileAt) {
        reconcileAt = performance.now() + RECONCILE_EVERY_MS;
        campaign = await deps.campaigns.reconcile(campaignId);
      }
      if (campaign?.status !== 'running') return await rest(deps, campaign);
      // The rows are asked what the campaign stands at only when nothing can be started any more.
      const starting: Starting = campaign.cancelRequested ? 'stopped' : await startItems(deps, campaign, watch);
      if (starting === 'stopped') campaign = await deps.campaigns.get(campaignId, null);
      if (campaign?.status !== 'running') return await rest(deps, campaign);
      if (campaign.cancelRequested) await endItems(deps, campaignId, told);
      const leftMs = turnEnds - performance.now();
      if (deps.stopping.aborted || leftMs <= 0) return 'more';
      await watch.wait(Math.min(LOOK_EVERY_MS, leftMs), deps.stopping);
      await new Promise((resolve) => setTimeout(resolve, GATHER_MS));
    }
  } finally {
    stopListening();
    watch.close();
  }
}

/** What follows the end of a batch's lines is its own workflow's. */
async function rest(deps: CampaignDeps, campaign: Campaign | null): Promise<'rest'> {
  if (campaign === null || campaign.kind !== 'batch' || campaign.finishedAt === null) return 'rest';
  const batchId = batchOfCampaign(campaign.id);
  await deps.runner.wakeBatch(batchId).catch((error: unknown) => {
    deps.logger.warn({ err: error, batch_id: batchId }, 'a batch could not be woken now; the sweeper will wake it');
  });
  return 'rest';
}

const AT_ONCE = 20;

/** Asks the running items of a cancelled campaign to end. `told` keeps those that were asked by this turn. */
async function endItems(deps: CampaignDeps, campaignId: string, told: Set<string>): Promise<void> {
  const ids = (await deps.campaigns.runningTasks(campaignId)).filter((id) => !told.has(id));
  if (ids.length === 0) return;
  const tasks = await deps.tasks.findMany(ids);
  const open = tasks.filter((task) => !isTerminal(task.status));
  await inParallel(open, AT_ONCE, async (task) => {
    await endTask(deps, task);
    told.add(task.id);
  });
}

async function endTask(deps: CampaignDeps, task: TaskSummary): Promise<void> {
  if (!(await deps.tasks.requestCancel(task.id))) return;
  // A media workflow has the task's id; a text without an owner hears through the change feed.
  const workflowId = task.workflowId ?? (task.type === 'text' ? null : task.id);
  if (workflowId !== null) await deps.runner.cancel(task.id, workflowId);
}
