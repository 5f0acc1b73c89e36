import type { TaskRunner } from '../../domain/runner';
import { isTerminal, type TaskSummary } from '../../domain/task/task';
import { withFailures } from '../activity';
import { isMadeElsewhere } from '../instance';
import type { MediaDeps } from './deps';
import { mediaStartOf } from './start';

/** A group and those of its tasks that had not ended at the last look. */
export interface JoinInput {
  readonly workflowId: string;
  readonly taskIds: readonly string[];
}

/** Run on the queue of the group's workflow. */
export interface MediaGroupActivities {
  /**
   * Waits a while for the first attempts that this process makes, and looks at the others. What nobody is at any more, or needs a decision, gets a
   * workflow of its own (`generateMedia`).
   * @returns the tasks that somebody is at still
   */
  joinMedia(input: JoinInput): Promise<readonly string[]>;
}

/** What this process knows of a task without asking. */
export type Nearness = 'under_way' | 'ended' | 'unknown';

/** The first attempts of a process, as their groups see them. */
export interface JoinedLane {
  nearness(taskId: string): Nearness;
  /** There is nothing to find out: its run here has just begun, or its job is looked at here and is its group's by the rows. */
  isFollowed(taskId: string): boolean;
  /** These are their group's, by the rows. */
  owned(taskIds: readonly string[]): void;
  /** The owner of a task asked it to end. */
  cancelled(taskId: string): void;
  /** Resolves when none of these is under way here any more but for jobs that take longer, or patience ends. */
  settled(taskIds: readonly string[], patienceMs: number): Promise<void>;
}

type Deps = Pick<MediaDeps, 'tasks' | 'instances' | 'instanceId'> & { readonly runner: Pick<TaskRunner, 'startMedia'> };

const PATIENCE_MS = 1_500;

export function createMediaGroupActivities(deps: Deps, lane: JoinedLane): MediaGroupActivities {
  return {
    joinMedia: (input) =>
      withFailures(async () => {
        await lane.settled(input.taskIds, PATIENCE_MS);
        const open = input.taskIds.filter((id) => lane.nearness(id) !== 'ended');
        const followed = open.filter((id) => lane.isFollowed(id));
        const others = open.filter((id) => !followed.includes(id));
        return others.length === 0 ? followed : [...followed, ...(await lookAt(deps, lane, { ...input, taskIds: others }))];
      }),
  };
}

async function lookAt(deps: Deps, lane: JoinedLane, { workflowId, taskIds }: JoinInput): Promise<readonly string[]> {
  const tasks = (await deps.tasks.findMany(taskIds)).filter((task) => !isTerminal(task.status) && task.workflowId !== task.id);
  const pending: string[] = [];
  for (const task of tasks) {
    if (task.cancelRequestedAt !== null) lane.cancelled(task.id);
    if (await isMade(deps, lane, task)) pending.push(task.id);
    else await giveOwner(deps, task);
  }
  if (pending.length === 0) return [];
  // Else the sweeper would find them without an owner.
  const owned = await deps.tasks.adopt(pending, workflowId);
  lane.owned(owned);
  return owned;
}

/** A living process is at it. */
async function isMade(deps: Deps, lane: JoinedLane, task: TaskSummary): Promise<boolean> {
  if (lane.nearness(task.id) === 'under_way') return true;
  const last = task.attempts.at(-1);
  return last !== undefined && last.endedAt === null && (await isMadeElsewhere(deps, last));
}

/**
 * Gives a task its own workflow, which goes on from what the rows say. Adopted first: its group ends without it, and a task of a group that has
 * ended would count as one that was ended by hand.
 * @throws AppError `service_unavailable`
 */
export async function giveOwner(deps: Pick<Deps, 'runner' | 'tasks'>, task: TaskSummary, retryAfterMs?: number): Promise<void> {
  const start = mediaStartOf(task);
  if (start === null) return;
  await deps.tasks.adopt([task.id], task.id);
  await deps.runner.startMedia(retryAfterMs === undefined ? start : { ...start, retryAfterMs });
}
