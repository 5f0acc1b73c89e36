import type { ChatChunk } from './provider/provider';
import type { Admission, AdmitOutcome } from './task/store';
import type { Task, TaskSummary } from './task/task';

/** Ports by which the api starts and steers work. */

/** What the owner workflow of an image or video is started by. */
export interface MediaStart {
  readonly id: string;
  readonly operation: 'image' | 'video';
  readonly teamName: string;
  readonly credentialClass: string;
  readonly priorityKey: number;
  /** Lets operators find the items of a campaign. */
  readonly campaignId?: string | null;
  /** The wait that the provider of the first attempt asked for; absent: none was made, or it asked for none. */
  readonly retryAfterMs?: number;
}

/** Starts and steers the runs of media tasks, campaigns and callbacks: all that the api knows of Temporal. */
export interface TaskRunner {
  /** Starts the owner workflow of an admitted task (workflow id = task id). Repeating changes nothing. */
  startMedia(task: MediaStart): Promise<void>;
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

/** Starts the owner workflows of images and videos whose first attempt a process makes at once. */
export interface MediaOwners {
  /**
   * Starts `mediaGroup` under this workflow id, eagerly when a worker of this process can take it. Repeating changes nothing.
   * @param facts - what its members have in common, for operators who look for them; of several kinds, the kind is absent
   */
  startMediaGroup(workflowId: string, taskIds: readonly string[], facts: MediaGroupFacts): Promise<void>;
}

/** What all members of a group have in common; absent: they differ. */
export interface MediaGroupFacts {
  readonly operation?: 'image' | 'video';
  readonly teamName?: string;
  readonly credentialClass?: string;
  readonly campaignId?: string;
}

/** An image or video that ended in this process. */
export interface EndedMedia {
  /** As it is stored. */
  readonly task: TaskSummary;
  /** The bytes of its outputs, in order; null: they were not in hand. */
  readonly contents: readonly (Uint8Array | null)[];
}

/** The lane of images and videos: admits, and makes the first attempt in this process when it has a place for it. */
export interface MediaLane {
  /**
   * Admits (group commit), then either begins the first attempt here or starts the task's own workflow. Once this resolves, the task runs to
   * its end whatever crashes.
   * @param options.keepsContents - somebody will `take` the outputs
   */
  submit(admission: Admission, options: { readonly keepsContents: boolean }): Promise<AdmitOutcome>;
  /**
   * How a task ends whose first attempt is made here; null: it is not, or not any more, so that its rows tell. Once it has been asked for,
   * the outputs are given up with `release`.
   */
  take(taskId: string): Promise<EndedMedia | null> | null;
  /** Nobody wants the outputs (any more). */
  release(taskId: string): void;
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
