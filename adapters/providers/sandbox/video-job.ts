import { AppError } from '../../../domain/errors';
import { isObject, parseJson } from '../shared/json';

/** All that is known of a video's job. It travels in the job's id, so that any process can poll and render it. */
export interface VideoJob {
  readonly startedAtMs: number;
  /** From the start to the end, in milliseconds. */
  readonly tookMs: number;
  readonly width: number;
  readonly height: number;
  readonly seconds: number;
  readonly hasAudio: boolean;
  readonly digest: string;
  readonly caption: string;
  /** Names the kept first frame; null without one. */
  readonly frame: string | null;
  /** A few pixels of the first frame, for a process that cannot find the kept one. */
  readonly preview: Buffer | null;
}

const PREFIX = 'sbx1';

/** The id of a job, below 1,000 characters. */
export function encodeJob(job: VideoJob): string {
  const { startedAtMs, tookMs, width, height, seconds, hasAudio, digest, caption, frame } = job;
  const facts = [startedAtMs, tookMs, width, height, seconds, hasAudio, digest, caption, frame];
  const parts = [PREFIX, Buffer.from(JSON.stringify(facts)).toString('base64url')];
  return (job.preview === null ? parts : [...parts, job.preview.toString('base64url')]).join('.');
}

/** @throws AppError `provider_not_found` for an id the sandbox never gave out */
export function decodeJob(upstreamId: string): VideoJob {
  const [prefix, facts = '', preview] = upstreamId.split('.');
  const read = parseJson(Buffer.from(facts, 'base64url').toString('utf8'));
  if (prefix !== PREFIX || !Array.isArray(read)) throw unknownJob();
  const [startedAtMs, tookMs, width, height, seconds, hasAudio, digest, caption, frame] = read as unknown[];
  if (![startedAtMs, tookMs, width, height, seconds].every((fact) => typeof fact === 'number')) throw unknownJob();
  if (typeof digest !== 'string' || typeof caption !== 'string' || isObject(frame)) throw unknownJob();
  return {
    startedAtMs: Number(startedAtMs),
    tookMs: Number(tookMs),
    width: Number(width),
    height: Number(height),
    seconds: Number(seconds),
    hasAudio: hasAudio === true,
    digest,
    caption,
    frame: typeof frame === 'string' ? frame : null,
    preview: preview === undefined ? null : Buffer.from(preview, 'base64url'),
  };
}

function unknownJob(): AppError {
  return new AppError('provider_not_found', 'The sandbox does not know this job.');
}
