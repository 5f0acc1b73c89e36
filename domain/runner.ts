import type { ChatChunk } from './provider/provider';
import type { Admission, AdmitOutcome } from './task/store';
import type { Task } from './task/task';

/** Ports by which the api starts and steers work. */

/** Starts and steers the runs of media tasks, campaigns and callbacks: all that the api knows of Temporal. */
export interface TaskRunner {
  /** Starts the owner workflow of an admitted task (workflow id = task id). Repeating changes nothing. */
  startMedia(task: {
    readonly id: string;
    readonly operation: 'image' | 'video';
    readonly teamName: string;
    readonly credentialClass: string;
    readonly priorityKey: number;
    /** Lets operators find the items of a campaign. */
    readonly campaignId?: string | null;
  }): Promise<void>;
  /** Asks the owner workflow to end its task; a closed or missing workflow is fine. */
  cancel(taskId: string, workflowId: string): Promise<void>;
  /** Its provider told that a media task's job has moved: the owner workflow looks at it now. A closed or missing workflow is fine. */
  jobMoved(workflowId: string): Promise<void>;
  /** As `jobMoved`, of a job that is followed after its task has ended. */
  lateJobMoved(taskId: string): Promise<void>;
}

/** What a client that waits for a text generation hears. */
export type TextEvent =
  /** The route was chosen or changed. */
  | { readonly kind: 'provider'; readonly provider: string; /** The model of ours that serves. */ readonly model: string }
  | { readonly kind: 'chunk'; readonly chunk: ChatChunk }
  /** A piece of speech. */
  | { readonly kind: 'audio'; readonly bytes: Uint8Array; readonly contentType: string }
  /** A piece of a transcription: an event of OpenAI's shape. */
  | { readonly kind: 'transcript'; readonly event: Readonly<Record<string, unknown>> }
  /** Ended and settled; the task as stored. */
  | { readonly kind: 'ended'; readonly task: TextEnd };

/** Hears the events in order. A promise asks to be told nothing more until it resolves: the client reads slowly. */
export type TextListener = (event: TextEvent) => void | Promise<void>;

/** The terminal facts of a text task, without a read of the database. */
export interface TextEnd {
  readonly status: Task['status'];
  readonly body: Readonly<Record<string, unknown>> | null;
  readonly error: Task['error'];
  readonly provider: string | null;
}

/** Starts and wakes the workflows of campaigns, batches and callbacks. */
export interface BackgroundRunner {
  /** Makes sure the campaign's workflow runs (workflow id = campaign id) and looks at its rows now. Repeating is harmless. */
  wakeCampaign(campaignId: string): Promise<void>;
  /** Makes sure that the batch's workflow runs (workflow id = batch id) and looks at its row now. Repeating is harmless. */
  wakeBatch(batchId: string): Promise<void>;
  /** Starts the delivery of an event (workflow id = event id); `restart` begins the tries anew. Repeating is harmless. */
  deliverCallback(eventId: string, options?: { readonly restart?: boolean }): Promise<void>;
}

/** Starts the owner workflows of text tasks. */
export interface TextOwners {
  /**
   * Starts `textGroup` under this workflow id, eagerly when a worker of this process can take it. Repeating changes nothing.
   * `priorityKey`: Temporal's, for groups that may wait; they do not start eagerly.
   */
  startGroup(workflowId: string, taskIds: readonly string[], options?: { readonly priorityKey?: number }): Promise<void>;
}

/** The interactive lane: admit, optimistic first attempt, owner workflow in groups. */
export interface TextLane {
  /** Admits (group commit). */
  admit(admission: Admission): Promise<AdmitOutcome>;
  /**
   * Listens to an admitted task and starts its first attempt; `stream` asks the provider for a stream.
   * The last event is always `ended`.
   */
  run(admission: Admission, options: { readonly stream: boolean; readonly listener: TextListener }): void;
  /** The client went away: the call is aborted, and what was delivered is settled. */
  abandon(taskId: string): void;
  /**
   * Starts the first attempt of an admitted task that nobody listens to (POST /v1/tasks).
   * @param onEnd - the run has ended and holds its input no more
   */
  background(admission: Admission, onEnd: () => void): void;
}
