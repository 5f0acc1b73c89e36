import { randomUUID } from 'node:crypto';
import type { z } from 'zod';
import { mp4, PNG } from './files';
import { createJobs, type LabJob } from './jobs';
import { answerChat, CHAT_MODELS } from './openai-chat';
import { image, readBody, video } from './openai-request';
import { moderations, speak, transcribe } from './openai-audio';
import type { LabAnswer, LabRequest, LabVendor } from './vendor';

const MODELS = [...CHAT_MODELS, 'gpt-image-2', 'sora-2'];

/**
 * OpenAI's chats, moderations, audio, images and videos, in the strictness of OpenAI's own servers; a DeepSeek model thinks aloud, by DeepSeek's
 * rules. `call NAME {"a":1}` calls a tool. Faults of its own: `moderated`, `failed` (a video's job), `error_in_200` (a chat).
 */
export function createOpenAiLab(): LabVendor & { made(): number } {
  let made = 0;
  const jobs = createJobs<z.output<typeof video>>();
  const paid = (path: string, handle: (request: LabRequest) => LabAnswer | Promise<LabAnswer>): LabVendor['routes'][number] => ({
    method: 'POST',
    path,
    isPaid: true,
    handle: (request) =>
      guarded(request, async () => {
        if (request.fault === 'moderated' && path !== '/v1/videos')
          return refuse(400, 'Your request was rejected by the safety system.', 'moderation_blocked');
        const answer = await handle(request);
        made += 1;
        return answer;
      }),
  });
  const ofJob = (request: LabRequest, look: boolean, handle: (job: LabJob<z.output<typeof video>>) => LabAnswer): Promise<LabAnswer> =>
    guarded(request, () => {
      const id = request.params['id'] ?? '';
      const job = look ? jobs.look(id) : jobs.get(id);
      return job === undefined ? refuse(404, `Video with id '${id}' not found.`, null) : handle(job);
    });
  const vendor: LabVendor = {
    kind: 'openai',
    ownFaults: ['moderated', 'failed', 'error_in_200'],
    refuse: (status, words) => refuse(status, words, null),
    unknown: ({ method, path }) => refuse(404, `Invalid URL (${method} ${path})`, null),
    routes: [
      paid('/v1/chat/completions', (request) => answerChat(request.json(), request.fault)),
      paid('/v1/images/generations', (request) => ({ json: images(readBody(image, request.json()).n ?? 1) })),
      paid('/v1/images/edits', async (request) => {
        const { fields, files } = await request.form();
        if (!files.some(({ field }) => field === 'image' || field === 'image[]')) throw new RangeError('image: required');
        const body = Object.fromEntries(
          Object.entries(fields).map(([name, [value = '']]) => [name, /^\d+$/.test(value) ? Number(value) : value]),
        );
        return { json: images(readBody(image, body).n ?? 1) };
      }),
      paid('/v1/moderations', moderations),
      paid('/v1/audio/speech', speak),
      paid('/v1/audio/transcriptions', transcribe),
      paid('/v1/audio/translations', transcribe),
      paid('/v1/videos', async (request) => {
        const isForm = String(request.headers['content-type']).startsWith('multipart/');
        const given = isForm
          ? Object.fromEntries(Object.entries((await request.form()).fields).map(([name, [value]]) => [name, value]))
          : request.json();
        return { json: describe(jobs.create(readBody(video, given), { id: `video_${randomUUID().slice(0, 8)}`, fault: request.fault })) };
      }),
      { method: 'GET', path: '/v1/videos/:id', handle: (request) => ofJob(request, true, (job) => ({ json: describe(job) })) },
      {
        method: 'GET',
        path: '/v1/videos/:id/content',
        handle: (request) =>
          ofJob(request, false, ({ state }) =>
            state === 'succeeded'
              ? { headers: { 'content-type': 'video/mp4' }, bytes: mp4() }
              : refuse(400, 'Video is not ready yet.', null),
          ),
      },
      {
        method: 'DELETE',
        path: '/v1/videos/:id',
        handle: (request) =>
          ofJob(request, false, ({ id }) => {
            jobs.cancel(id);
            return { json: { id, object: 'video.deleted', deleted: true } };
          }),
      },
      {
        method: 'GET',
        path: '/v1/models',
        handle: (request) =>
          guarded(request, () => ({
            json: { object: 'list', data: MODELS.map((id) => ({ id, object: 'model', created: 1, owned_by: 'lab' })) },
          })),
      },
    ],
  };
  return { ...vendor, made: () => made };
}

function refuse(status: number, words: string, code: string | null, param: string | null = null): LabAnswer {
  const types: Readonly<Record<number, string>> = { 401: 'authentication_error', 429: 'rate_limit_error' };
  const type = types[status] ?? (status >= 500 ? 'server_error' : 'invalid_request_error');
  const given = status === 401 && code === null ? 'invalid_api_key' : code;
  return {
    status,
    headers: { 'x-request-id': `req_${randomUUID().slice(0, 8)}` },
    json: { error: { message: words, type, param, code: given } },
  };
}

async function guarded(request: LabRequest, handle: () => LabAnswer | Promise<LabAnswer>): Promise<LabAnswer> {
  const key = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
  if (key === undefined || key.startsWith('wrong')) return refuse(401, 'Incorrect API key provided.', 'invalid_api_key');
  try {
    return await handle();
  } catch (error) {
    if (error instanceof RangeError || error instanceof SyntaxError) return refuse(400, error.message, null);
    throw error;
  }
}

function images(count: number): object {
  const usage = { input_tokens: 10, output_tokens: 1_000 * count, total_tokens: 10 + 1_000 * count };
  return { created: 1_790_000_000, data: Array.from({ length: count }, () => ({ b64_json: PNG.toString('base64') })), usage };
}

const STATES = { queued: 'queued', running: 'in_progress', succeeded: 'completed', failed: 'failed', cancelled: 'failed' } as const;

function describe(job: LabJob<z.output<typeof video>>): object {
  const code = job.fault === 'moderated' ? 'moderation_blocked' : 'video_generation_failed';
  return {
    id: job.id,
    object: 'video',
    created_at: 1_790_000_000,
    status: STATES[job.state],
    progress: Math.round(job.progress * 100),
    model: job.request.model ?? 'sora-2',
    prompt: job.request.prompt,
    seconds: job.request.seconds ?? '4',
    size: job.request.size ?? '720x1280',
    completed_at: null,
    expires_at: null,
    remixed_from_video_id: null,
    error: job.state === 'failed' ? { code, message: 'The lab was asked to fail.' } : null,
  };
}
