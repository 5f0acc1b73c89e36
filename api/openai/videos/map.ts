import { errorPolicy } from '../../../domain/errors';
import type { InputImage, MediaInput, OutputParams } from '../../../domain/task/generation';
import { servedModelOf } from '../../../domain/task/object';
import type { TaskStatus, TaskSummary } from '../../../domain/task/task';
import { extrasOf, given } from '../params';
import { videoSchema, type VideoRequest } from './schema';

/** Name in a task's metadata of the video it is a remix of; never sent to a provider. */
export const REMIXED_FROM = 'remixed_from_video_id';

/** The canonical input of a video request. */
export function videoInput(request: VideoRequest, images: readonly InputImage[]): MediaInput {
  return {
    operation: 'video',
    prompt: request.prompt,
    ...given<{ negative_prompt?: string }>({ negative_prompt: request.negative_prompt }),
    images,
    output: given<OutputParams>({
      size: request.size,
      aspect_ratio: request.aspect_ratio,
      resolution: request.resolution,
      seed: request.seed,
      duration_s: request.seconds,
      audio: request.audio,
      watermark: request.watermark,
    }),
    params: extrasOf(request, videoSchema),
  };
}

/** The four statuses that SDK pollers know; anything else would end their loop. */
export const STATUSES = {
  queued: 'queued',
  running: 'in_progress',
  succeeded: 'completed',
  failed: 'failed',
  cancelled: 'failed',
  expired: 'failed',
} as const satisfies Record<TaskStatus, string>;

export function progressOf(task: TaskSummary): number {
  if (task.status === 'succeeded') return 100;
  return task.status === 'queued' ? 0 : Math.min(99, Math.floor(task.progress * 100));
}

interface VideoError {
  readonly code: string;
  readonly message: string;
  readonly type: string;
  readonly param: string | null;
}

/** OpenAI's error of a failed video. */
export function errorOf(task: TaskSummary): VideoError | null {
  if (task.status === 'cancelled' && task.error === null) {
    return { code: 'cancelled', message: 'The video was cancelled.', type: errorPolicy('cancelled').type, param: null };
  }
  if (task.error !== null) {
    const { code, message, param } = task.error;
    return { code: task.status === 'failed' ? code : task.status, message, type: errorPolicy(code).type, param };
  }
  return null;
}

/** OpenAI's video object of a task; lists have no prompts. */
export function videoObject(task: TaskSummary, prompt: string | null) {
  const video = task.outputs[0];
  const durationS = video?.durationS ?? task.output.duration_s ?? null;
  const isSized = video !== undefined && video.width !== null && video.height !== null;
  return {
    id: task.id,
    object: 'video',
    model: servedModelOf(task),
    status: STATUSES[task.status],
    progress: progressOf(task),
    created_at: Math.floor(task.createdAt.getTime() / 1000),
    completed_at: task.status === 'succeeded' && task.finishedAt !== null ? Math.floor(task.finishedAt.getTime() / 1000) : null,
    expires_at: null,
    prompt,
    seconds: durationS === null ? null : String(Math.round(durationS)),
    size: isSized ? `${String(video.width)}x${String(video.height)}` : (task.output.size ?? null),
    remixed_from_video_id: task.metadata[REMIXED_FROM] ?? null,
    error: errorOf(task),
  };
}
