import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLimit } from '../../../lib/parallel';
import { runFfmpeg } from './ffmpeg';
import type { FrameStore } from './frame-store';
import { drawSvg } from './draw-image';
import { loadSharp } from './sharp';
import type { VideoJob } from './video-job';

const FRAMES_PER_SECOND = 8;
const MOST_RENDERS = 2;

/** Renders a job's video: a slow move into its still image, as MP4 with H.264, and a tone when audio is asked for. */
export type VideoRenderer = (job: VideoJob, signal: AbortSignal) => Promise<Buffer>;

/** A renderer that starts few videos at once: ffmpeg takes a core for itself, more would only be slower for all. */
export function createVideoRenderer(frames: FrameStore): VideoRenderer {
  const limit = createLimit(MOST_RENDERS);
  return (job, signal) => limit(() => renderNow(job, frames, signal));
}

async function renderNow(job: VideoJob, frames: FrameStore, signal: AbortSignal): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), 'atelier-video-'));
  try {
    const still = join(folder, 'still.jpg');
    const video = join(folder, 'video.mp4');
    await writeFile(still, await stillOf(job, frames));
    await runFfmpeg([...inputs(job, still), ...encoding(job), video], signal);
    return await readFile(video);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function stillOf(job: VideoJob, frames: FrameStore): Promise<Buffer> {
  const { width, height, frame, preview, digest, caption } = job;
  const kept = frame === null ? null : await frames.find(frame);
  if (kept !== null) return kept;
  const drawing = drawSvg({ digest, caption, isTransparent: false }, { width, height });
  const sharp = await loadSharp();
  const image = preview === null ? sharp(drawing) : sharp(preview).resize(width, height, { fit: 'fill' });
  return image.flatten().jpeg({ quality: 92 }).toBuffer();
}

function inputs(job: VideoJob, still: string): readonly string[] {
  const image = ['-i', still];
  if (!job.hasAudio) return image;
  const hertz = 220 + (Number.parseInt(job.digest.slice(0, 4), 16) % 440);
  return [...image, '-f', 'lavfi', '-i', `sine=frequency=${hertz}:sample_rate=44100:duration=${job.seconds}`];
}

function encoding(job: VideoJob): readonly string[] {
  const count = Math.max(1, Math.round(job.seconds * FRAMES_PER_SECOND));
  // The first frame is the image itself; the last one shows its middle.
  const move = `zoompan=z='1+0.2*on/${count}':x='iw/2-iw/zoom/2':y='ih/2-ih/zoom/2':d=${count}:s=${job.width}x${job.height}:fps=${FRAMES_PER_SECOND}`;
  return [
    ...['-filter:v', `${move},format=yuv420p`, '-frames:v', String(count)],
    ...['-c:v', 'libx264', '-preset', 'ultrafast', '-tune', 'stillimage', '-crf', '26', '-threads', '2'],
    ...(job.hasAudio ? ['-c:a', 'aac', '-b:a', '64k'] : ['-an']),
    // Without a clock or a version in the file the same job gives the same bytes.
    ...['-map_metadata', '-1', '-fflags', '+bitexact', '-flags:v', '+bitexact', '-flags:a', '+bitexact', '-movflags', '+faststart'],
  ];
}
