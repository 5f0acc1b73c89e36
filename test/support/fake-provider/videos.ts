import type { ServerResponse } from 'node:http';
import { FAKE_MP4, FAKE_PNG_BASE64 } from './fixtures';
import type { Behaviour, Step } from './plan';
import type { RecordedRequest } from './records';
import { sendError, sendJson } from './reply';

/** The fake's video jobs: they end `videoMs` after their creation. */
export interface Videos {
  /** @param isKnown - a call with this Idempotency-Key made a job already. @returns the job's id */
  create(request: RecordedRequest, step: Step, isKnown: boolean): string;
  answer(response: ServerResponse, id: string, status?: number): void;
  list(response: ServerResponse): void;
  content(response: ServerResponse, id: string, variant: string): void;
  remove(response: ServerResponse, id: string): void;
  clear(): void;
}

interface Job {
  readonly id: string;
  readonly createdAtMs: number;
  readonly request: RecordedRequest;
  readonly step: Step;
  polls: number;
}

export function createVideos(behaviour: Behaviour): Videos {
  const jobs = new Map<string, Job>();
  let made = 0;
  const describe = (job: Job): Record<string, unknown> => describeJob(job, behaviour.videoMs);
  const missing = (response: ServerResponse): void => sendError(response, 404, 'not_found', 'No such video.');

  return {
    create(request, step, isKnown) {
      const first = isKnown && [...jobs.values()].find((job) => job.request.idempotencyKey === request.idempotencyKey);
      if (first !== false && first !== undefined) return first.id;
      made += 1;
      const id = `video_fake${made}`;
      jobs.set(id, { id, createdAtMs: Date.now(), request, step, polls: 0 });
      return id;
    },
    answer(response, id, status = 200) {
      const job = jobs.get(id);
      const hint = behaviour.pollAfterMs === null ? {} : { 'openai-poll-after-ms': String(behaviour.pollAfterMs) };
      const isPoll = status === 200;
      if (job === undefined || (isPoll && isLost(job))) missing(response);
      else sendJson(response, status, { ...describe(job), ...(isPoll ? job.step.job : job.step.created) }, hint);
    },
    list(response) {
      const data = [...jobs.values()].reverse().map(describe);
      const edges = { first_id: data[0]?.['id'] ?? null, last_id: data.at(-1)?.['id'] ?? null };
      sendJson(response, 200, { object: 'list', data, ...edges, has_more: false });
    },
    content(response, id, variant) {
      const job = jobs.get(id);
      if (job === undefined) missing(response);
      else if (describe(job)['status'] !== 'completed') sendError(response, 400, 'video_not_ready', 'The video is not ready.');
      else sendFile(response, variant === 'video', job.step);
    },
    remove(response, id) {
      const isBusy = jobs.get(id)?.step.undeletable === true;
      if (isBusy) sendError(response, 400, 'video_in_progress', 'A video that is being made cannot be deleted.');
      else if (jobs.delete(id)) sendJson(response, 200, { id, object: 'video.deleted', deleted: true });
      else missing(response);
    },
    clear: () => jobs.clear(),
  };
}

function isLost(job: Job): boolean {
  job.polls += 1;
  return typeof job.step.jobLost === 'number' ? job.polls <= job.step.jobLost : job.step.jobLost === true;
}

function sendFile(response: ServerResponse, isVideo: boolean, { content }: Step): void {
  if (isVideo && content !== undefined) {
    response.writeHead(content.status ?? 200, { 'content-type': content.type });
    return void response.end(Buffer.from(content.base64, 'base64'));
  }
  const bytes = isVideo ? FAKE_MP4 : Buffer.from(FAKE_PNG_BASE64, 'base64');
  response.writeHead(200, { 'content-type': isVideo ? 'video/mp4' : 'image/png', 'content-length': bytes.length });
  response.end(bytes);
}

function describeJob(job: Job, videoMs: number): Record<string, unknown> {
  const { body } = job.request;
  const share = videoMs === 0 ? 1 : Math.min(1, (Date.now() - job.createdAtMs) / videoMs);
  const failed = share >= 1 && job.step.jobFails !== undefined;
  const status = failed ? 'failed' : share >= 1 ? 'completed' : share > 0.1 ? 'in_progress' : 'queued';
  return {
    id: job.id,
    object: 'video',
    model: job.request.model,
    status,
    progress: share >= 1 ? 100 : Math.floor(share * 100),
    created_at: Math.floor(job.createdAtMs / 1000),
    completed_at: status === 'completed' ? Math.floor((job.createdAtMs + videoMs) / 1000) : null,
    prompt: job.request.prompt,
    seconds: typeof body['seconds'] === 'string' ? body['seconds'] : '4',
    size: body['size'] ?? '1280x720',
    error: failed ? { code: job.step.jobFails, message: 'The job failed.' } : null,
  };
}
