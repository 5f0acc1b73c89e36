import type { TerminalStatus } from '../task/task';

/**
 * What has ended, and how. Campaigns that go on after `budget_exhausted`, or are retried, tell of each of their ends.
 *
 * An event is a row of the table `events`: ids and small facts, never contents, written in the transaction that ends what it tells of. An end that is
 * rolled back tells nothing, and none goes untold.
 *
 * A listener in SQL is a function `adapters/db/functions/on_event_<name>.sql` and a migration that makes it a trigger of `events`. It acts
 * in the same transaction. Nothing that ends a task or campaign is touched for it.
 */
export const EVENT_TYPES = [
  'task.succeeded',
  'task.failed',
  'task.cancelled',
  'task.expired',
  'campaign.completed',
  'campaign.cancelled',
  'campaign.budget_exhausted',
  'batch.completed',
  'batch.failed',
  'batch.cancelled',
  'batch.expired',
] as const satisfies readonly (`task.${TerminalStatus}` | `campaign.${string}` | `batch.${string}`)[];
