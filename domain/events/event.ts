import type { TerminalStatus } from '../task/task';

/** What has ended, and how. Campaigns that go on after `budget_exhausted`, or are retried, tell of each of their ends. */
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
export type EventType = (typeof EVENT_TYPES)[number];

/**
 * An event: ids and small facts, never contents. It is a row of the table `events`, written in the transaction that ends what it tells of:
 * an end that is rolled back tells nothing, and none goes untold.
 *
 * A listener in SQL is a function `adapters/db/functions/on_event_<name>.sql` and a migration that makes it a trigger of `events`. It acts
 * in the same transaction. Nothing that ends a task or campaign is touched for it.
 *
 * @example { id: 'evt_01a2…', type: 'task.succeeded', taskId: 'task_01a2…', campaignId: null, teamId: 7 }
 */
export interface EndEvent {
  /** `evt_` + 32 hex digits; a task's event has the digits of the task. */
  readonly id: string;
  readonly type: EventType;
  /** The task that ended; null: the event is a campaign's or a batch's. */
  readonly taskId: string | null;
  /** The campaign told of. */
  readonly campaignId: string | null;
  readonly teamId: number;
}
