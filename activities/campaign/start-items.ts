import type { Campaign, StartOutcome, ItemStart } from '../../domain/campaign/campaign';
import { AppError } from '../../domain/errors';
import type { NewTask } from '../../domain/task/store';
import { taskErrorOf } from '../../domain/task/error';
import type { PreparedAttempt } from '../media/lane';
import { mediaStartOf } from '../media/start';
import type { CampaignWatch } from './watchers';
import type { CampaignDeps } from './deps';
import { inParallel } from '../../lib/parallel';
import { prepare } from './prepare';

/** Most items admitted by one statement, which holds the locks of the team's accounts meanwhile. */
const GROUP = 25;
/** First attempts of this process come and go so quickly that few find a place at once; one more than do tells that there are no others. */
const FAST_GROUP = 12;
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
  const starting = await startSome(deps, campaign, watch);
  if (starting === 'stopped') deps.lane.yields(campaign.id);
  return starting;
}

async function startSome(deps: CampaignDeps, campaign: Campaign, watch: CampaignWatch): Promise<Starting> {
  while (!deps.stopping.aborted) {
    if (deps.lane.waits(campaign.id)) return 'open';
    const places = Math.max(0, watch.places((await deps.pace()).onTheWay));
    const wanted = Math.min(GROUP, deps.lane.isOpen ? Math.max(places, FAST_GROUP) : places);
    if (wanted === 0) return 'open';
    const items = await deps.campaigns.nextItems(campaign.id, wanted);
    if (items.length === 0) return 'stopped';
    const { starts, failures } = await prepare(deps, campaign, items);
    if (failures.length > 0) await deps.campaigns.failItems(campaign.id, failures);
    if (starts.length === 0) continue;
    const { places: placed, isFull } = await takePlaces(deps, starts, places);
    const { state, clashed } = await startPlaced(deps, campaign.id, placed, watch);
    if (clashed.length > 0) {
      await deps.campaigns.failItems(
        campaign.id,
        clashed.map(({ index, taskId }) => ({ index, error: taskErrorOf(externalIdInUse(taskId)) })),
      );
    }
    if (state !== 'going') return 'stopped';
    // A place that comes free wakes the turn.
    if (isFull) return 'open';
  }
  return 'open';
}

/** An item that may start now; `attempt` null: its task begins with its own workflow, or with its group's. */
interface Placed {
  readonly start: ItemStart;
  readonly attempt: PreparedAttempt | null;
}

/**
 * The first of the items that may start now, in order: those that this process calls wait for a place here as long as places come free.
 * @param others - how many may begin with a workflow
 */
async function takePlaces(
  { lane }: CampaignDeps,
  starts: readonly ItemStart[],
  others: number,
): Promise<{ readonly places: readonly Placed[]; readonly isFull: boolean }> {
  const places: Placed[] = [];
  for (const start of starts) {
    const attempt = await lane.prepare(start.admission);
    if (attempt === 'full') return { places, isFull: true };
    const isOneTooMany = attempt === 'elsewhere' && places.filter((place) => place.attempt === null).length >= others;
    if (isOneTooMany) return { places, isFull: true };
    if (attempt === 'elsewhere') places.push({ start: { ...start, admission: { ...start.admission, firstAttempt: null } }, attempt: null });
    else places.push({ start: { ...start, admission: attempt.admission }, attempt });
  }
  return { places, isFull: false };
}

async function startPlaced(deps: CampaignDeps, campaignId: string, placed: readonly Placed[], watch: CampaignWatch): Promise<StartOutcome> {
  if (placed.length === 0) return { state: 'going', started: [], clashed: [] };
  const attempts = placed.flatMap(({ attempt }) => attempt ?? []);
  const outcome = await deps.campaigns
    .startItems(
      campaignId,
      placed.map(({ start }) => start),
    )
    .catch((error: unknown) => {
      for (const attempt of attempts) attempt.drop();
      throw error;
    });
  const running = new Set(outcome.started);
  const others: NewTask[] = [];
  for (const { start, attempt } of placed) {
    if (!running.has(start.index)) attempt?.drop();
    else if (attempt === null) others.push(start.admission.task);
    else attempt.begin();
  }
  watch.started(others.map((task) => task.id));
  await launch(deps, others);
  return outcome;
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
    const start = mediaStartOf(task);
    return start === null ? [] : [() => deps.runner.startMedia(start)];
  });
  try {
    await inParallel([...groups, ...media], STARTS_AT_ONCE, (start) => start());
  } catch (error) {
    // They are admitted and stored: the sweeper starts what has no workflow.
    deps.logger.warn({ err: error, tasks: tasks.length }, 'items of a campaign could not be started; the sweeper will start them');
  }
}
