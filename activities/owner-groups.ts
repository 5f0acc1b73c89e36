import type { Logger } from '../domain/log';
import type { TextOwners } from '../domain/runner';

/** Gathers admitted tasks into groups of one owner workflow each, off the critical path. */
export interface OwnerGroups {
  /**
   * The workflow that will own a task admitted now; `admitted` tells whether there is anything to own. `isBegun` false: nobody makes the
   * first attempt until its owner does, so the group starts as good as at once.
   */
  join(taskId: string, admitted: Promise<boolean>, isBegun: boolean): string;
  /** A member's call failed and waits for its owner's decision: the group starts as good as at once. */
  hurry(): void;
  /** Starts what waits; resolves when it was handed over. */
  flush(): Promise<void>;
}

interface Group {
  readonly workflowId: string;
  readonly members: { readonly taskId: string; readonly admitted: Promise<boolean> }[];
  timer: NodeJS.Timeout;
  isHurried: boolean;
}

/**
 * An owner costs 20 to 30 ms of CPU whatever its group's size. Until it starts, the intent rows hold the group (a crash leaves it to
 * the sweeper); only a call that failed, or was not begun, needs its owner sooner.
 */
const GROUP_EVERY_MS = 1_000;
/** Those that need their owner and come together share it. */
const HURRY_MS = 20;
const LARGEST_GROUP = 500;

/** @param workflowIdOf - the workflow's id from the first member's */
export function createOwnerGroups(owners: TextOwners, logger: Logger, workflowIdOf: (firstTaskId: string) => string): OwnerGroups {
  let group: Group | null = null;
  const starting = new Set<Promise<void>>();

  function start(): void {
    const closed = group;
    group = null;
    if (closed === null) return;
    clearTimeout(closed.timer);
    const handOver = hand(closed).finally(() => starting.delete(handOver));
    starting.add(handOver);
  }

  async function hand(closed: Group): Promise<void> {
    const admitted = await Promise.all(closed.members.map((member) => member.admitted));
    const taskIds = closed.members.filter((_, index) => admitted[index] === true).map((member) => member.taskId);
    if (taskIds.length === 0) return;
    try {
      await owners.startGroup(closed.workflowId, taskIds);
    } catch (error) {
      // Not lost: the intent rows are written, and the sweeper finds tasks without an owner.
      logger.warn(
        { err: error, workflow_id: closed.workflowId, tasks: taskIds.length },
        'the owner of a group could not be started; the sweeper will',
      );
    }
  }

  function hurry(): void {
    // Once per group: a stream of failures must not put the start off again and again.
    if (group === null || group.isHurried) return;
    group.isHurried = true;
    clearTimeout(group.timer);
    group.timer = setTimeout(start, HURRY_MS);
  }

  return {
    join(taskId, admitted, isBegun) {
      group ??= { workflowId: workflowIdOf(taskId), members: [], timer: setTimeout(start, GROUP_EVERY_MS), isHurried: false };
      const joined = group;
      joined.members.push({ taskId, admitted: admitted.catch(() => false) });
      if (!isBegun) hurry();
      if (joined.members.length >= LARGEST_GROUP) start();
      return joined.workflowId;
    },
    hurry,
    async flush() {
      start();
      await Promise.all(starting);
    },
  };
}
