import type { Page } from './store';

/** Ports to the histories of runs: in Temporal while it keeps them, in the archive for runs that failed. */

/** A history in Temporal's own JSON form. It holds ids, names and codes only: no prompts, keys or bodies. */
export interface HistoryJson {
  readonly events: readonly HistoryEventJson[];
}

/** One event; its attributes sit under a name of their own (`activityTaskScheduledEventAttributes`). */
export type HistoryEventJson = Readonly<Record<string, unknown>>;

/** A workflow as Temporal knows it. */
export interface WorkflowRun {
  readonly workflowId: string;
  readonly runId: string;
  readonly workflowType: string;
  /** False: events still follow. */
  readonly isClosed: boolean;
}

/** The histories that Temporal still has. */
export interface HistorySource {
  /** The latest run of a workflow; null when the server does not know it (any more). @throws when Temporal does not answer */
  look(workflowId: string): Promise<WorkflowRun | null>;
  /** All events so far; null when the server does not know the run. @throws when Temporal does not answer */
  read(run: WorkflowRun): Promise<HistoryJson | null>;
}

/** A task that did not succeed and whose history is not in the archive yet. */
export interface UnkeptRun {
  readonly taskId: string;
  /** Null: no workflow was ever named for it. */
  readonly workflowId: string | null;
  readonly endedAt: Date;
}

/** Where the history of a task lies in the archive. */
export interface KeptHistory extends WorkflowRun {
  readonly taskId: string;
  /** Key of the object. */
  readonly key: string;
}

/** A failed or expired task. */
export interface FailedRun {
  readonly taskId: string;
  readonly workflowId: string | null;
}

/** What the archive holds, in Postgres; the histories themselves are objects. */
export interface HistoryStore {
  /** Tasks that ended with an error and are not kept, the longest ended first; workflows named in `except` are left out. */
  findUnkept(limit: number, except: readonly string[]): Promise<readonly UnkeptRun[]>;
  /** Workflows whose history was kept before they had closed, `olderThanMs` ago or longer. */
  findIncomplete(olderThanMs: number, limit: number): Promise<readonly string[]>;
  /** Writes down that the tasks' history lies under `key`. Repeating overwrites. */
  keep(taskIds: readonly string[], run: WorkflowRun, key: string): Promise<void>;
  /** The incomplete history of a workflow is as complete as it will be. */
  complete(workflowId: string): Promise<void>;
  /** Writes down that tasks have no history: no workflow ever ran for them, or Temporal lost it. */
  giveUp(taskIds: readonly string[]): Promise<void>;
  get(taskId: string): Promise<KeptHistory | null>;
  /** Failed and expired tasks whose run began, the oldest first. `teamId` null: of all teams. */
  listFailed(filter: { readonly teamId: number | null; readonly after?: string; readonly limit: number }): Promise<Page<FailedRun>>;
}

/** The object key of a history. */
export function historyKey({ workflowId, runId }: Pick<WorkflowRun, 'workflowId' | 'runId'>): string {
  return `histories/${workflowId}/${runId}.json`;
}

/** How a history ran against the workflow code at hand. */
export interface ReplayVerdict {
  readonly workflowId: string;
  /** Null: the code decides as it did. */
  readonly error: string | null;
}

/** Executes histories again, one after the other, without any effect. */
export type HistoryReplayer = (
  histories: AsyncIterable<{ readonly workflowId: string; readonly history: HistoryJson }>,
) => AsyncIterable<ReplayVerdict>;
