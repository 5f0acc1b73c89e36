import type { CredentialClass } from '../access/caller';
import type { Modality } from '../provider/catalogue';
import type { ErrorCode } from '../errors';
import type { GenerationInput, Operation, OutputParams, Usage } from './generation';
import type { MicroUsd } from '../money/money';
import type { KeptRouting, SkippedRoute } from '../provider/plan';
import type { TemplateUse } from '../template/use';

/** Where a task is. The last four are terminal. */
export type TaskStatus = 'queued' | 'running' | 'succeeded' | 'failed' | 'cancelled' | 'expired';
export const TASK_STATUSES = ['queued', 'running', 'succeeded', 'failed', 'cancelled', 'expired'] as const satisfies readonly TaskStatus[];
export type TerminalStatus = Exclude<TaskStatus, 'queued' | 'running'>;

/** True when nothing more will happen to the task. */
export function isTerminal(status: TaskStatus): status is TerminalStatus {
  return status !== 'queued' && status !== 'running';
}

/** What a running task is doing; free text for people, these words for now. */
export type TaskPhase =
  'waiting_rate' | 'waiting_capacity' | 'calling_provider' | 'waiting_provider' | 'waiting_retry' | 'storing' | 'settling' | 'done';

/** The endpoint a task came in by; decides the shape of its compatible object. */
export type Endpoint =
  | 'tasks'
  | 'campaigns'
  | 'chat.completions'
  | 'completions'
  | 'messages'
  | 'responses'
  | 'responses.background'
  | 'embeddings'
  | 'moderations'
  | 'audio.speech'
  | 'audio.transcriptions'
  | 'audio.translations'
  | 'images.generations'
  | 'images.edits'
  | 'videos'
  | 'video.generations';

const AWAITED: ReadonlySet<Endpoint> = new Set([
  'chat.completions',
  'completions',
  'messages',
  'responses',
  'embeddings',
  'moderations',
  'audio.speech',
  'audio.transcriptions',
  'audio.translations',
]);

/** True for texts whose client waits on an open connection; the SQL function is_announced names the same endpoints. */
export function isAwaited(endpoint: Endpoint): boolean {
  return AWAITED.has(endpoint);
}

/** A failed task's error, as shown to its owner. */
export interface TaskError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly retryable: boolean;
  readonly providerCode: string | null;
  readonly providerMessage: string | null;
  /** The parameter at fault, when one is. */
  readonly param: string | null;
  /** Machine-readable facts: of `insufficient_quota` the budget that refused. */
  readonly details?: unknown;
}

/** Why an attempt failed. */
export interface AttemptError extends TaskError {
  /** Of a purchase: nothing proves that it was not carried out. Absent: nobody wrote it down. */
  readonly isDoubtful?: boolean;
}

/** One line of a cost: what, how many, at what price. */
export interface CostLine {
  readonly item: string;
  readonly quantity: number;
  /** Decimal string of US dollars per unit. */
  readonly unitUsd: string;
  /** Decimal string of US dollars, not rounded. */
  readonly usd: string;
}

/** `running`: the intent is written, the call may be in flight. `unknown`: sent, no answer. */
export type AttemptOutcome = 'running' | 'accepted' | 'succeeded' | 'failed' | 'cancelled' | 'unknown';

/** One call of one provider for a task. */
export interface Attempt {
  readonly n: number;
  readonly provider: string;
  readonly model: string;
  readonly startedAt: Date;
  readonly endedAt: Date | null;
  readonly outcome: AttemptOutcome;
  readonly errorCode: ErrorCode | null;
  readonly upstreamId: string | null;
  readonly costMicroUsd: MicroUsd;
  /** The process that makes the call; null for attempts not bound to a process. */
  readonly instanceId: string | null;
  /** What the provider delivered and where it was staged; lets a replay go on without a second call. */
  readonly delivered: Delivered | null;
  /** Why it failed, in full. */
  readonly error?: AttemptError | null;
  /** The provider's key; null: its one key. */
  readonly key?: string | null;
  /** The model of ours that serves, when it is another one than the task's. */
  readonly served?: string | null;
}

/** Provider results on their way into the asset store. */
export interface Delivered {
  readonly outputs: readonly StagedOutput[];
  readonly usage: Usage | null;
  /** The price the provider itself reported, if it did (decimal micro-US-dollars). */
  readonly reportedMicroUsd: string | null;
}

/**
 * One output on its way. `stored`: an asset, its object is `key`; `staged`: bytes in S3 under `key`, to be made an asset; `spooled`: in the
 * database's spool, as S3 was away; `url`: a link of the provider; `provider`: fetched through the adapter by `ref`; `missing`: it cannot be had.
 */
export type StagedOutput = StoredOutput | OpenOutput | LostOutput;

interface StoredOutput {
  readonly from: 'stored';
  readonly key: string;
  readonly revisedPrompt: string | null;
  /** What was asked for and could not be done to the file. */
  readonly notice?: string;
}

type OpenOutput = (
  | { readonly from: 'staged'; readonly key: string }
  | { readonly from: 'spooled'; readonly key: string }
  | { readonly from: 'url'; readonly url: string }
  | { readonly from: 'provider'; readonly ref: string }
) & {
  readonly revisedPrompt: string | null;
  /** Why the last try to store it failed. */
  readonly trouble?: string;
};

interface LostOutput {
  readonly from: 'missing';
  readonly code: ErrorCode;
  readonly message: string;
  /** The provider made it, so that it counts in the price. */
  readonly isDelivered: boolean;
  readonly revisedPrompt: null;
}

/** A stored file that belongs to a team. */
export interface Asset {
  readonly id: string;
  readonly teamId: number;
  readonly taskId: string | null;
  /** Position among the task's outputs, from 0; null for inputs. */
  readonly index: number | null;
  readonly kind: 'image' | 'video' | 'audio' | 'other';
  readonly key: string;
  /** Null: it has none; `key` itself: its thumbnail is made when it is asked for. */
  readonly thumbnailKey: string | null;
  readonly contentType: string;
  readonly width: number | null;
  readonly height: number | null;
  readonly durationS: number | null;
  readonly bytes: number;
  readonly sha256: string;
  readonly revisedPrompt: string | null;
  readonly createdAt: Date;
  /** What it was given for, where it is of no use by itself; absent: anything. */
  readonly purpose?: 'mask';
  /** When its retention ended: the bytes are gone, or are being removed. Absent: they are kept. */
  readonly contentsExpiredAt?: Date;
}

/** The answer of a finished text generation, kept for replayed answers and `text`. */
export interface TextResult {
  /** OpenAI-shaped: a `chat.completion`, an embeddings list, moderations, with our id and model; for speech which asset it is. */
  readonly body: Readonly<Record<string, unknown>>;
}

/** A task without its contents, as lists and decisions read it. Ids: `task_` + 32 hex digits of a UUIDv7, of a UUIDv8 for items of campaigns. */
export interface TaskSummary {
  readonly id: string;
  /** Rises with every change; the `id` of its server-sent events and its ETag. */
  readonly version: number;
  readonly type: Modality;
  readonly operation: Operation;
  readonly endpoint: Endpoint;
  readonly model: string;
  readonly status: TaskStatus;
  readonly phase: TaskPhase;
  /** 0..1, never falls. */
  readonly progress: number;
  readonly createdAt: Date;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
  /** The creative parameters; empty for texts. */
  readonly output: OutputParams;
  readonly teamId: number;
  readonly teamName: string;
  readonly credentialId: number;
  readonly credentialName: string;
  readonly credentialClass: CredentialClass;
  readonly externalId: string | null;
  readonly metadata: Readonly<Record<string, string>>;
  readonly callbackUrl: string | null;
  readonly priority: TaskPriority;
  readonly deadlineAt: Date | null;
  readonly replayOf: string | null;
  readonly campaignId: string | null;
  /** What it was rendered from; null: it was asked for as it is. */
  readonly template: TemplateUse | null;
  readonly estimatedMicroUsd: MicroUsd;
  /** Held now; 0 once settled. */
  readonly reservedMicroUsd: MicroUsd;
  readonly actualMicroUsd: MicroUsd | null;
  /** What was given back of `actualMicroUsd` after the end; absent: nothing. */
  readonly refundedMicroUsd?: MicroUsd;
  readonly settledAt: Date | null;
  readonly costLines: readonly CostLine[];
  readonly usage: Usage | null;
  readonly error: TaskError | null;
  readonly cancelRequestedAt: Date | null;
  /** The workflow that owns the task; null until adopted. */
  readonly workflowId: string | null;
  readonly skippedRoutes: readonly SkippedRoute[];
  /** What its reservation and its caller's hints allow; null: the routes of its model. */
  readonly routing: KeptRouting | null;
  /** When the team's retention ended for input, text and outputs: they are removed (domain/retention.ts). Null: kept. */
  readonly contentsExpiredAt: Date | null;
  readonly attempts: readonly Attempt[];
  readonly outputs: readonly Asset[];
}

/** A task with the answer of a text, but not what was asked for. */
export interface AnsweredTask extends TaskSummary {
  readonly textResult: TextResult | null;
}

/** All of a task: its input may be tens of megabytes, so read it one at a time. */
export interface Task extends AnsweredTask {
  readonly input: GenerationInput;
  /** Absent: it waits for no provider's limit, or nobody asked. */
  readonly queue?: QueuePlace;
  /** The number of its newest partial image, from 0. Absent: there is none, or nobody asked. */
  readonly newestPartial?: number;
}

/** Where a purchase waits for a provider that is at its limit. */
export interface QueuePlace {
  /** From 1: the next one. */
  readonly position: number;
  /** How many wait behind it. */
  readonly aheadOf: number;
}

export type TaskPriority = 'low' | 'normal' | 'high';
