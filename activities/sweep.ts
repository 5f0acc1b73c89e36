import { AppError, isAppError } from '../domain/errors';
import type { Logger } from '../domain/log';
import type { BatchWork } from '../domain/batch/batch';
import type { CampaignWork } from '../domain/campaign/campaign';
import type { BackgroundRunner, TaskRunner, TextOwners } from '../domain/runner';
import { taskErrorOf } from '../domain/task/error';
import type { OpenTask, TaskStore } from '../domain/task/store';
import { isMediaOperation } from '../domain/task/generation';
import { isTerminal } from '../domain/task/task';
import { inParallel } from '../lib/parallel';
import { mediaStartOf } from './media/start';

export interface SweepDeps {
  readonly tasks: Pick<TaskStore, 'findUnowned' | 'findStale' | 'find' | 'settle'>;
  readonly campaigns: Pick<CampaignWork, 'findActive' | 'startDue'>;
  readonly batches: Pick<BatchWork, 'findDue'>;
  readonly runner: Pick<TaskRunner, 'startMedia'> & TextOwners & Pick<BackgroundRunner, 'wakeCampaign' | 'wakeBatch'>;
  /** @throws when Temporal does not answer */
  readonly workflowState: (workflowId: string) => Promise<'running' | 'closed' | 'gone'>;
  readonly workflowIdOf: (firstTaskId: string) => string;
  readonly logger: Logger;
}

/** Finds what crashes left behind. */
export interface Sweeper {
  /**
   * Looks at one page each of five kinds: tasks without an owner get one; open tasks whose workflow has ended or is unknown are given a new
   * one, or are ended; running campaigns that nobody looks after are woken, and so are batches that have a step to take; scheduled
   * campaigns whose time has come are started. The next pass goes on behind this page, and after the last page
   * from the first again. Repeating is harmless; several at once too. Never throws: what failed is logged and comes up again.
   */
  pass(): Promise<void>;
}

/** Tasks whose process had this long to give them an owner. */
const UNOWNED_AFTER_MS = 10_000;
const STALE_AFTER_MS = 30_000;
/** A campaign that runs is looked at every few seconds. */
const UNSEEN_AFTER_MS = 20_000;
const PAGE = 200;
/** Calls to Temporal at once: a page is over in a fraction of the time between two passes. */
const WIDTH = 16;

export function createSweeper(deps: SweepDeps, page = PAGE): Sweeper {
  const { tasks, campaigns, batches, runner, logger } = deps;
  const unowned = createPages(
    (after) => tasks.findUnowned(UNOWNED_AFTER_MS, page, after),
    page,
    (task) => task.id,
  );
  const stale = createPages(
    (after) => tasks.findStale(STALE_AFTER_MS, page, after),
    page,
    (task) => task.id,
  );
  const unseen = createPages(
    (after) => campaigns.findActive(UNSEEN_AFTER_MS, page, after),
    page,
    (id) => id,
  );
  const due = createPages(
    (after) => batches.findDue(page, after),
    page,
    (id) => id,
  );

  // Started ones are not read again: one that is not woken now is found as a campaign that nobody looks after.
  const scheduled: Pages<string> = { next: () => campaigns.startDue(page), back: () => undefined };

  /** Does a page's jobs side by side; one that fails stops no other. */
  async function each<Item>(what: string, pages: Pages<Item>, jobsOf: (items: readonly Item[]) => readonly Job[]): Promise<void> {
    let away = 0;
    const failed: string[] = [];
    let reason: unknown;
    const attempt = async ({ id, work }: Job): Promise<void> => {
      // As many in a row as are under way at once: it is the part that is away, not the item that is bad.
      if (away >= WIDTH) return;
      try {
        await work();
        away = 0;
      } catch (error) {
        away = isAppError(error) && error.code === 'service_unavailable' ? away + 1 : 0;
        failed.push(id);
        reason = error;
      }
    };
    try {
      const jobs = jobsOf(await pages.next());
      await inParallel(jobs, WIDTH, attempt);
    } catch (error) {
      reason = error;
    }
    if (away >= WIDTH) pages.back();
    if (reason !== undefined)
      logger.warn(
        { err: reason, what, failed: failed.length, ids: failed.slice(0, 10) },
        'a sweep skipped some items; the next one retries them',
      );
  }

  const startMedia = (task: OpenTask): Promise<void> => {
    const start = mediaStartOf(task);
    return start === null ? Promise.resolve() : runner.startMedia(start);
  };
  /** Under an id of its own: the group that these were meant for may have run without them. */
  const startTexts = (first: string, ids: readonly string[], isOfCampaign: boolean): Promise<void> =>
    runner.startGroup(`${deps.workflowIdOf(first)}-swept-${String(Date.now())}`, ids, isOfCampaign ? { priorityKey: 4 } : {});

  function ownersFor(found: readonly OpenTask[]): Job[] {
    const texts = found.filter(isText);
    const groups = [true, false].flatMap((isOfCampaign) => {
      const ids = texts.filter((task) => (task.campaignId !== null) === isOfCampaign).map((task) => task.id);
      const [first] = ids;
      return first === undefined ? [] : [{ id: first, work: () => startTexts(first, ids, isOfCampaign) }];
    });
    return [...groups, ...found.filter((task) => !isText(task)).map((task) => ({ id: task.id, work: () => startMedia(task) }))];
  }

  async function look(task: OpenTask & { readonly workflowId: string }): Promise<void> {
    const state = await deps.workflowState(task.workflowId);
    if (state === 'running') return;
    const now = await tasks.find(task.id, null);
    if (now === null || isTerminal(now.status)) return;
    logger.warn({ task_id: task.id, workflow: state }, 'an open task has no running workflow');
    // Gone: Temporal lost it (a new database). The rows say how far it was, a new run goes on from there.
    if (state === 'gone') await (isText(task) ? startTexts(task.id, [task.id], task.campaignId !== null) : startMedia(task));
    else await tasks.settle([endedByOperator(task.id)]);
  }

  return {
    async pass() {
      await each('campaigns that are due', scheduled, (ids) => ids.map((id) => ({ id, work: () => runner.wakeCampaign(id) })));
      await each('tasks without an owner', unowned, ownersFor);
      await each('tasks that nothing has changed', stale, (found) => found.map((task) => ({ id: task.id, work: () => look(task) })));
      await each('campaigns', unseen, (ids) => ids.map((id) => ({ id, work: () => runner.wakeCampaign(id) })));
      await each('batches', due, (ids) => ids.map((id) => ({ id, work: () => runner.wakeBatch(id) })));
    },
  };
}

interface Job {
  readonly id: string;
  readonly work: () => Promise<void>;
}

/** Walks through a list that changes meanwhile, page by page and round and round. */
interface Pages<Item> {
  next(): Promise<readonly Item[]>;
  /** The next page is this one again. */
  back(): void;
}

function createPages<Item>(
  read: (after: string | null) => Promise<readonly Item[]>,
  size: number,
  idOf: (item: Item) => string,
): Pages<Item> {
  let before: string | null = null;
  let after: string | null = null;
  return {
    async next() {
      before = after;
      let items = await read(after);
      // The end of the list: no pass is spent on it.
      if (items.length === 0 && after !== null) {
        before = null;
        items = await read(null);
      }
      const last = items.at(-1);
      after = last === undefined || items.length < size ? null : idOf(last);
      return items;
    },
    back() {
      after = before;
    },
  };
}

const isText = ({ operation }: OpenTask): boolean => !isMediaOperation(operation);

function endedByOperator(taskId: string) {
  const error = new AppError('internal', 'The run was ended by the operator before the task was finished. Nothing was charged.');
  return {
    taskId,
    status: 'failed',
    actualMicroUsd: 0n,
    costLines: [],
    usage: null,
    textResult: null,
    error: taskErrorOf(error),
    attempt: null,
  } as const;
}
