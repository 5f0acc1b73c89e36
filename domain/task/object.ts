import { causeOf } from '../explanation/causes';
import type { SignedLink } from './asset-links';
import type { GenerationInput, MediaInput, Usage } from './generation';
import { formatUsd } from '../money/money';
import { deliveredOutputs, missingAmong, noticeOf } from './outputs';
import { lateDelivery } from './replay';
import { isTerminal, type AnsweredTask, type Asset, type Attempt, type Task, type TaskError, type TaskSummary } from './task';

interface Options {
  readonly baseUrl: string;
  readonly links: ReadonlyMap<string, SignedLink>;
}

/** A task as users see it. Money in decimal strings of US dollars, times in ISO 8601. */
export function taskObject(task: Task, options: Options) {
  const queue = task.queue === undefined ? null : { position: task.queue.position, ahead_of: task.queue.aheadOf };
  const summary = taskSummaryObject(task, options);
  const preview = task.newestPartial === undefined ? null : `${summary.links.self}/partials/${task.newestPartial}`;
  return { ...summary, queue, preview_url: preview, ...inputObject(task), text: textOf(task) };
}
export type TaskObject = ReturnType<typeof taskObject>;

/** A task as lists show it: without its input (`input`, `params`) and its `text`, which may be tens of megabytes. */
export function taskSummaryObject(task: TaskSummary, options: Options) {
  const self = `${options.baseUrl}/v1/tasks/${task.id}`;
  const delivered = deliveredOutputs(task);
  return {
    id: task.id,
    object: 'task',
    type: task.type,
    model: servedModelOf(task),
    status: task.status,
    phase: task.phase,
    progress: task.progress,
    created_at: task.createdAt.toISOString(),
    started_at: iso(task.startedAt),
    finished_at: iso(task.finishedAt),
    output: task.output,
    expired_contents_at: iso(task.contentsExpiredAt),
    outputs: task.outputs.map((asset) => outputObject(asset, options.links.get(asset.id), noticeOf(delivered, asset.index))),
    missing_outputs: missingAmong(delivered),
    late_outputs: lateOutputsObject(task),
    usage: task.usage === null ? null : usageObject(task.usage),
    cost: {
      currency: 'USD',
      estimated: formatUsd(task.estimatedMicroUsd),
      reserved: formatUsd(task.reservedMicroUsd),
      actual: task.actualMicroUsd === null ? null : formatUsd(task.actualMicroUsd),
      ...(task.refundedMicroUsd === undefined ? {} : { refunded: formatUsd(task.refundedMicroUsd) }),
      settled_at: iso(task.settledAt),
      lines: task.costLines.map(({ item, quantity, unitUsd, usd }) => ({ item, quantity, unit_usd: unitUsd, usd })),
    },
    routing: {
      requested: task.model,
      selected: selectedOf(task),
      attempts: task.attempts.map(attemptObject),
      skipped: task.skippedRoutes,
    },
    error: task.error === null ? null : { ...taskErrorObject(task.error), cause: causeOf(task) },
    credential: { name: task.credentialName, class: task.credentialClass },
    team: task.teamName,
    external_id: task.externalId,
    metadata: task.metadata,
    callback_url: task.callbackUrl,
    priority: task.priority,
    deadline_at: iso(task.deadlineAt),
    cancel_requested_at: iso(task.cancelRequestedAt),
    replay_of: task.replayOf,
    campaign_id: task.campaignId,
    template: task.template,
    links: {
      self,
      events: `${self}/events`,
      cancel: `${self}/cancel`,
      result: task.type === 'text' && task.operation !== 'speech' ? self : `${self}/outputs/0/content`,
    },
  };
}
export type TaskSummaryObject = ReturnType<typeof taskSummaryObject>;

/** Paid results that the task ended without; a replay without overrides takes them up at no cost. */
function lateOutputsObject(task: TaskSummary) {
  const late = lateDelivery(task);
  return late === null ? null : { attempt: late.n, count: late.outputs };
}

/** What was asked for; null when it outlived the team's retention. */
function inputObject(task: Task): { readonly input: object | null; readonly params?: Readonly<Record<string, unknown>> } {
  return task.contentsExpiredAt === null ? requestObject(task.input) : { input: null };
}

/** What was asked for, as users see it: `input`, and of texts `params`. */
export function requestObject(input: GenerationInput) {
  if (input.operation === 'chat') return { input: { messages: input.messages }, params: input.params };
  if (input.operation === 'embedding' || input.operation === 'moderation') return { input: { input: input.input }, params: input.params };
  if (input.operation === 'speech') return { input: { input: input.input, voice: input.voice }, params: input.params };
  if (input.operation === 'transcription') {
    const { assetId, filename, sizeBytes, seconds } = input.file;
    return { input: { file: { asset_id: assetId, filename, bytes: sizeBytes, seconds } }, params: input.params };
  }
  return { input: mediaInputObject(input) };
}

function mediaInputObject(input: MediaInput) {
  return {
    prompt: input.prompt,
    negative_prompt: input.negative_prompt ?? null,
    images: input.images.map(({ source, role }) => ({ ...sourceObject(source), role })),
    video: input.video === undefined ? null : sourceObject(input.video),
  };
}

function sourceObject(source: MediaInput['images'][number]['source']) {
  return 'assetId' in source ? { asset_id: source.assetId } : { url: source.url };
}

/** Why a task has no result. */
export function taskErrorObject(error: TaskError) {
  return {
    code: error.code,
    message: error.message,
    retryable: error.retryable,
    provider_code: error.providerCode,
    provider_message: error.providerMessage,
    ...(error.details === undefined ? {} : { details: error.details }),
  };
}

/** A stored output; without a link where none was signed. `notice`: what was asked for and could not be done to the file. */
export function outputObject(asset: Asset, link: SignedLink | undefined, notice: string | null) {
  return {
    id: asset.id,
    kind: asset.kind,
    url: link?.url ?? null,
    expires_at: iso(link?.expiresAt ?? null),
    content_type: asset.contentType,
    width: asset.width,
    height: asset.height,
    duration_s: asset.durationS,
    bytes: asset.bytes,
    sha256: asset.sha256,
    thumbnail_url: link?.thumbnailUrl ?? null,
    revised_prompt: asset.revisedPrompt,
    notice,
  };
}

export function usageObject(usage: Usage) {
  return {
    input_tokens: usage.inputTokens,
    cached_input_tokens: usage.cachedInputTokens,
    ...(usage.cacheWriteInputTokens === undefined ? {} : { cache_write_input_tokens: usage.cacheWriteInputTokens }),
    output_tokens: usage.outputTokens,
    reasoning_tokens: usage.reasoningTokens,
    images: usage.images,
    seconds: usage.seconds,
    ...(usage.characters === undefined ? {} : { characters: usage.characters }),
    estimated: usage.estimated,
  };
}

function attemptObject(attempt: Attempt) {
  return {
    n: attempt.n,
    provider: attempt.provider,
    model: attempt.model,
    started_at: attempt.startedAt.toISOString(),
    ended_at: iso(attempt.endedAt),
    outcome: attempt.outcome,
    error_code: attempt.errorCode,
    provider_code: attempt.error?.providerCode ?? null,
    provider_message: attempt.error?.providerMessage ?? null,
    upstream_id: attempt.upstreamId,
    cost: formatUsd(attempt.costMicroUsd),
  };
}

/** Who serves: the attempt that succeeded, or the one under way. */
function selectedOf(task: TaskSummary) {
  const last = task.attempts.at(-1);
  if (last === undefined || (isTerminal(task.status) && last.outcome !== 'succeeded')) return null;
  return { provider: last.provider, model: last.model };
}

/** The model of ours that serves: the one of the last call, before it the one that was asked for. */
export function servedModelOf({ model, attempts }: Pick<TaskSummary, 'model' | 'attempts'>): string {
  return attempts.at(-1)?.served ?? model;
}

/** The text of an answer, null for none. */
export function textOf(task: AnsweredTask): string | null {
  // What was replayed as a task has no other place for its numbers.
  if ((task.operation === 'embedding' || task.operation === 'moderation') && task.endpoint === 'tasks')
    return task.textResult === null ? null : JSON.stringify(task.textResult.body);
  if (task.operation === 'transcription') {
    const text = task.textResult?.body['text'];
    return typeof text === 'string' ? text : null;
  }
  const choices = task.textResult?.body['choices'];
  const first: unknown = Array.isArray(choices) ? choices[0] : undefined;
  const content = (first as { readonly message?: { readonly content?: unknown } } | undefined)?.message?.content;
  return typeof content === 'string' ? content : null;
}

function iso(time: Date | null): string | null {
  return time === null ? null : time.toISOString();
}
