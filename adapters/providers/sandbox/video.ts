import { AppError } from '../../../domain/errors';
import { NO_USAGE } from '../../../domain/task/generation';
import type { JobRef, JobState, MediaCall, MediaProvider, Submission } from '../../../domain/provider/provider';
import { digestOf } from './chance';
import { firstFrame, type FirstFrame } from './first-frame';
import type { FrameStore } from './frame-store';
import { misbehave, SLOW } from './misbehave';
import { variantOf } from './model';
import { imageSize } from './image-size';
import { excerpt } from './prose';
import { decodeJob, encodeJob } from './video-job';
import type { VideoRenderer } from './video-render';

const LANDSCAPE = { width: 1280, height: 720 };
const DEFAULT_SECONDS = 4;
const MOST_SECONDS = 60;
const USUAL_MS = 2_000;
const PIECE_BYTES = 64 * 1024;

/** Accepts a video; nothing is rendered before somebody opens it. */
export async function submitVideo(call: MediaCall, frames: FrameStore): Promise<Submission> {
  const variant = variantOf(call.model, 'sandbox-video');
  const size = imageSize(call.output, LANDSCAPE, 2);
  const seconds = secondsOf(call.output.duration_s ?? DEFAULT_SECONDS);
  await misbehave(call, { variant, effect: 'paid', thinkMs: 0, limitMs: call.timeouts.submitMs });

  const first = call.images.find((image) => image.role !== 'mask' && image.role !== 'last_frame');
  const frame: FirstFrame | null = first === undefined ? null : await firstFrame(first, size);
  if (frame !== null) await frames.keep(frame.name, frame.bytes);
  const { output } = call;
  const upstreamId = encodeJob({
    startedAtMs: Date.now(),
    tookMs: variant === 'slow' ? SLOW.videoMs : USUAL_MS,
    ...size,
    seconds,
    hasAudio: output.audio === true,
    digest: digestOf([call.prompt, call.negativePrompt, output.seed ?? null, output.quality ?? null, frame?.name ?? null]).slice(0, 16),
    caption: shortCaption(call.prompt),
    frame: frame?.name ?? null,
    preview: frame?.preview ?? null,
  });
  return { state: 'accepted', upstreamId, pollAfterMs: 500 };
}

/** How far a video is, by the clock alone. */
export async function pollVideo(ref: JobRef): Promise<JobState> {
  const job = decodeJob(ref.upstreamId);
  const passedMs = Date.now() - job.startedAtMs;
  if (passedMs < job.tookMs) {
    const leftMs = job.tookMs - passedMs;
    return { state: 'pending', progress: Math.max(0, passedMs / job.tookMs), pollAfterMs: Math.max(50, Math.min(leftMs, 1_000)) };
  }
  const usage = { ...NO_USAGE, seconds: job.seconds };
  return {
    state: 'completed',
    result: { outputs: [{ from: 'provider', ref: 'video', revisedPrompt: null }], usage, reportedMicroUsd: null },
  };
}

/** Renders a video and hands it over in pieces. */
export async function openVideo(ref: JobRef, render: VideoRenderer): ReturnType<MediaProvider['open']> {
  const video = await render(decodeJob(ref.upstreamId), ref.signal);
  return { body: inPieces(video), contentType: 'video/mp4' };
}

async function* inPieces(bytes: Buffer): AsyncIterable<Uint8Array> {
  for (let offset = 0; offset < bytes.byteLength; offset += PIECE_BYTES) yield bytes.subarray(offset, offset + PIECE_BYTES);
}

function secondsOf(wanted: number): number {
  if (Number.isFinite(wanted) && wanted > 0 && wanted <= MOST_SECONDS) return wanted;
  throw new AppError('provider_rejected', `A video must be longer than 0 and at most ${MOST_SECONDS} seconds.`, {
    param: 'output.duration_s',
  });
}

/** Room in the id is scarce: letters of other scripts take up to four bytes each. */
function shortCaption(prompt: string): string {
  const full = excerpt(prompt, 60);
  return Buffer.byteLength(full) <= 90 ? full : excerpt(prompt, 22);
}
