import {
  isMediaInput,
  type ChatInput,
  type EmbeddingInput,
  type GenerationInput,
  type InputImage,
  type MediaInput,
  type MediaSource,
  type ModerationInput,
  type SpeechInput,
  type TextInput,
} from './generation';
import type { ErrorCode } from '../errors';
import { isTerminal, type Attempt, type TaskSummary } from './task';

/** Rules of the product replay: what a new run of an ended task takes from it. */

/** What is changed in a media input; undefined: as it was, null: not given any more. */
export interface MediaChange {
  readonly prompt?: string | undefined;
  readonly negative_prompt?: string | null | undefined;
  readonly images?: readonly InputImage[] | undefined;
  readonly video?: MediaSource | null | undefined;
  readonly output?: JsonObject | undefined;
}

/** What is changed in a text input; `messages` replace those there were, `params` are merged key by key. */
export interface TextChange {
  readonly messages?: ChatInput['messages'] | undefined;
  readonly input?: (EmbeddingInput | ModerationInput | SpeechInput)['input'] | undefined;
  readonly voice?: SpeechInput['voice'] | undefined;
  readonly params?: JsonObject | undefined;
}

type JsonObject = Readonly<Record<string, unknown>>;

/**
 * What a run ended by although its provider delivered, and was paid: keeping it or settling failed, its owner had cancelled it, or it came after
 * its deadline.
 */
const ENDS_OF_DELIVERED: readonly (ErrorCode | undefined)[] = ['asset_storage_failed', 'internal', 'cancelled', 'expired'];

/** The attempt whose result a replay without changes takes up, as the provider had delivered. Null: a replay buys anew. */
export function resumableAttempt(task: TaskSummary): Attempt | null {
  if (task.operation !== 'image' && task.operation !== 'video') return null;
  if (!isTerminal(task.status) || !ENDS_OF_DELIVERED.includes(task.error?.code)) return null;
  const last = task.attempts.at(-1);
  // What surely cannot be had any more cannot be taken up.
  return last?.delivered?.outputs.some(({ from }) => from !== 'missing') === true ? last : null;
}

/** The job of an attempt ran on when its task ended, and nothing is known of it yet. */
export function mayRunOn({ status }: Pick<TaskSummary, 'status'>, { outcome, errorCode, upstreamId, delivered }: Attempt): boolean {
  const isOpen = outcome === 'cancelled' || outcome === 'unknown';
  return isTerminal(status) && isOpen && errorCode === null && upstreamId !== null && delivered === null;
}

/** How many results a delivery still has: what surely cannot be had any more cannot be taken up. */
function lateOutputs({ delivered }: Attempt): number {
  return delivered?.outputs.filter(({ from }) => from !== 'missing').length ?? 0;
}

/** What a provider delivered and its task does not show: how much, and of which attempt. Null: there is nothing. */
export function lateDelivery(task: TaskSummary): { readonly n: number; readonly outputs: number } | null {
  const attempt = resumableAttempt(task);
  return attempt === null ? null : { n: attempt.n, outputs: lateOutputs(attempt) };
}

/** The input of a replay. Partial images are dropped: nobody listens. */
export function replayedMediaInput(stored: MediaInput, change: MediaChange): MediaInput {
  const { negative_prompt: negative, video, output, resumes: _resumes, ...kept } = stored;
  const { partial_images: _partial, ...creative } = output;
  const newNegative = change.negative_prompt === undefined ? negative : change.negative_prompt;
  const newVideo = change.video === undefined ? video : change.video;
  return {
    ...kept,
    prompt: change.prompt ?? kept.prompt,
    images: change.images ?? kept.images,
    ...(newNegative === undefined || newNegative === null ? {} : { negative_prompt: newNegative }),
    ...(newVideo === undefined || newVideo === null ? {} : { video: newVideo }),
    output: mergeJson(creative, change.output ?? {}),
  };
}

/** The input of a replayed text. */
export function replayedTextInput(stored: TextInput, change: TextChange): TextInput {
  const params = mergeJson(stored.params, change.params ?? {});
  if (stored.operation === 'chat') return { ...stored, messages: change.messages ?? stored.messages, params };
  return {
    ...stored,
    ...(change.input === undefined ? {} : { input: change.input }),
    ...(change.voice === undefined ? {} : { voice: change.voice }),
    params,
  } as TextInput;
}

/** `changes` over `base`: objects key by key, lists and values as a whole; null takes a key away. */
export function mergeJson(base: JsonObject, changes: JsonObject): JsonObject {
  const merged: Record<string, unknown> = { ...base };
  for (const [name, change] of Object.entries(changes)) {
    if (change === undefined) continue;
    const before = merged[name];
    // Written through defineProperty, so that a key called __proto__ stays a key.
    const value = isObject(change) && isObject(before) ? mergeJson(before, change) : change;
    if (change === null) Reflect.deleteProperty(merged, name);
    else Object.defineProperty(merged, name, { value, enumerable: true, configurable: true, writable: true });
  }
  return merged;
}

/** The id of an image or video that a task fetched from a link: the same for every try, so that no replay needs the link again. */
export function fetchedInputId(taskId: string, name: string): string {
  return `asset_${taskId.slice('task_'.length)}_${name}`;
}

/** The name of an input image among those of its task, from 0. */
export function inputImageName(index: number): string {
  return `image-${String(index + 1)}`;
}

/** The name of a task's input video. */
export const INPUT_VIDEO_NAME = 'video';

/** True for inputs that a text lane serves. */
export function isTextInput(input: GenerationInput): input is TextInput {
  return !isMediaInput(input);
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
