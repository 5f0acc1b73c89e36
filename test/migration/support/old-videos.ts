import type { IncomingMessage, ServerResponse } from 'node:http';
import { FAKE_MP4 } from '../../support/fake-provider/fixtures';
import type { Token } from './old-gateway';

/** What each video takes when it is ordered, in the program's units: 0.2 dollars. */
export const QUOTA_PER_VIDEO = 100_000;

interface Job {
  readonly id: string;
  readonly model: string;
  readonly userId: number;
  polls: number;
  isRefunded: boolean;
}

/**
 * Videos as New API of 2026 serves them at `/v1/videos`: charged when they are ordered, given back when they fail, and shown to their owner alone.
 * Its older `/v1/video/generations` names the same jobs.
 */
export function createOldVideos({ charge }: { charge(userId: number, quota: number): void }) {
  const jobs = new Map<string, Job>();
  const videos = {
    /** Jobs that were ordered. */
    ordered: 0,
    /** Whether jobs end without a video. */
    fails: false,
    async answer(
      { method = '', url = '' }: IncomingMessage,
      response: ServerResponse,
      { text, token }: { readonly text: string; readonly token: Token },
    ): Promise<boolean> {
      const [, id, content] = /^\/v1\/videos(?:\/([^/]+)(\/content)?)?$/.exec(url) ?? [null];
      if (!url.startsWith('/v1/videos')) return false;
      if (method === 'POST') {
        const { model } = JSON.parse(text) as { model: string };
        videos.ordered += 1;
        const job = { id: `task_${String(videos.ordered).padStart(8, '0')}`, model, userId: token.user_id, polls: 0, isRefunded: false };
        jobs.set(job.id, job);
        charge(token.user_id, QUOTA_PER_VIDEO);
        send(response, 200, shown(job, 'queued'));
        return true;
      }
      const job = jobs.get(id ?? '');
      if (job === undefined || job.userId !== token.user_id) {
        send(response, 404, { error: { message: 'task not found', type: 'invalid_request_error', code: 'task_not_exist' } });
      } else if (content !== undefined) {
        response.writeHead(200, { 'content-type': 'video/mp4', 'content-length': FAKE_MP4.length });
        response.end(FAKE_MP4);
      } else {
        job.polls += 1;
        const status = job.polls < 2 ? 'in_progress' : videos.fails ? 'failed' : 'completed';
        if (status === 'failed' && !job.isRefunded) {
          job.isRefunded = true;
          charge(job.userId, -QUOTA_PER_VIDEO);
        }
        send(response, 200, shown(job, status));
      }
      return true;
    },
  };
  return videos;
}

function shown({ id, model }: Job, status: 'queued' | 'in_progress' | 'completed' | 'failed'): object {
  return {
    id,
    task_id: id,
    object: 'video',
    model,
    status,
    progress: { queued: 0, in_progress: 50, completed: 100, failed: 100 }[status],
    created_at: 1_780_000_000,
    ...(status === 'failed' ? { error: { message: 'the vendor drew nothing', code: 'vendor_error' } } : {}),
  };
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}
