import type { LegacyTask } from '../../domain/migration/source';
import { usdOf } from '../money';
import type { Building } from './building';

/** Whether a generation has ended: what still runs must end where it was started. */
export function isFinished({ status }: Pick<LegacyTask, 'status'>): boolean {
  return status === 'SUCCESS' || status === 'FAILURE';
}

/** Finished generations come along as records. @returns how many, by table */
export async function planTasks(
  { source, perUsd, sink, take, leave }: Building,
  refunded: ReadonlySet<string>,
): Promise<{ tasks: number; midjourneys: number }> {
  const counts = { tasks: 0, midjourneys: 0 };
  let unfinished = { count: 0, quota: 0n };
  for await (const tasks of source.tasks()) {
    const users = new Set((await source.usersOf([...new Set(tasks.map(({ userId }) => userId))])).map(({ id }) => id));
    for (const task of tasks) {
      const entity = task.table === 'tasks' ? 'task' : 'midjourney';
      if (!users.has(task.userId)) leave(task.table, entity, task.id, 'user_missing');
      else if (!isFinished(task)) leave(task.table, entity, task.id, 'not_finished');
      else {
        take(task.table);
        counts[task.table] += 1;
      }
      // Midjourney's failures keep their quota though it was given back: no sign.
      if (task.table === 'tasks' && task.status === 'FAILURE' && task.quota !== 0n && !refunded.has(task.publicId ?? '')) {
        unfinished = { count: unfinished.count + 1, quota: unfinished.quota + task.quota };
      }
    }
  }
  if (unfinished.count > 0) {
    sink('warnings', {
      category: 'refund_never_finished',
      entity: 'task',
      count: unfinished.count,
      usd: usdOf(unfinished.quota, perUsd),
      message: 'Failed tasks that were charged and never refunded at the source. Refund their users if you find that right.',
    });
  }
  return counts;
}

const UNUSED = 1;

/** Codes and subscriptions are promises of the source to people: listed, never imported. */
export async function planPromises({ source, perUsd, sink, leave }: Building): Promise<void> {
  let unused = { count: 0, quota: 0n };
  for await (const redemptions of source.redemptions()) {
    for (const { id, status, quota, isDeleted } of redemptions) {
      const isOpen = status === UNUSED && !isDeleted;
      if (isOpen) unused = { count: unused.count + 1, quota: unused.quota + quota };
      const state = isDeleted ? 'deleted' : isOpen ? 'unused' : status === 3 ? 'used' : 'disabled';
      leave('redemptions', 'redemption', id, `redemption_${state}`, `${usdOf(quota, perUsd)} USD`);
    }
  }
  if (unused.count > 0) {
    sink('warnings', {
      category: 'unused_redemptions',
      entity: 'redemption',
      count: unused.count,
      usd: usdOf(unused.quota, perUsd),
      message: 'Codes that nobody has redeemed yet. Give their holders credit here, or let them be redeemed before the move.',
    });
  }
}
