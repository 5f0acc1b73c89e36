import { randomUUID } from 'node:crypto';
import { mp4 } from './files';
import { checkNames, isBase64, Refusal, strictly, version, type Json } from './google';
import { createJobs, type LabJob } from './jobs';
import type { LabRequest, LabRoute } from './vendor';

const FIELDS = [
  ...['model', 'input', 'background', 'store', 'stream', 'response_format', 'generation_config', 'webhook_config', 'labels'],
  ...['safety_settings', 'system_instruction', 'previous_interaction_id', 'service_tier', 'tools'],
];
const TASKS = ['text_to_video', 'image_to_video', 'reference_to_video', 'edit', 'extend', 'upscale'];
const STATUS = { queued: 'queued', running: 'in_progress', succeeded: 'completed', failed: 'failed', cancelled: 'cancelled' } as const;

/** The Interactions API for videos, and the files that it makes. */
export function interactionRoutes(): { readonly routes: readonly LabRoute[]; readonly ownFaults: readonly string[]; made(): number } {
  const jobs = createJobs<Json>(['failed', 'moderated']);
  const find = (request: LabRequest, job: LabJob<Json> | undefined): LabJob<Json> => {
    if (job === undefined) throw new Refusal(404, `Interaction ${request.params['id'] ?? ''} was not found.`);
    return job;
  };
  const id = (request: LabRequest): string => request.params['id'] ?? '';
  return {
    ownFaults: ['failed', 'moderated', 'no_video', 'inline'],
    made: () => jobs.all().length,
    routes: [
      {
        method: 'POST',
        path: '/:version/interactions',
        isPaid: true,
        handle: strictly((request) => {
          const body = request.json();
          checkInteraction(body);
          const job = jobs.create(body, { id: `v1_${randomUUID()}`, fault: request.fault });
          return { json: interaction(job, request) };
        }),
      },
      {
        method: 'GET',
        path: '/:version/interactions/:id',
        handle: strictly((request) => ({ json: interaction(find(request, jobs.look(id(request))), request) })),
      },
      {
        method: 'POST',
        path: '/:version/interactions/:id/cancel',
        handle: strictly((request) => {
          const job = find(request, jobs.get(id(request)));
          if (!jobs.cancel(job.id)) throw new Refusal(400, 'The interaction has ended.');
          return { json: interaction(job, request) };
        }),
      },
      {
        method: 'GET',
        path: '/:version/files/:file',
        handle: strictly((request) => {
          const [file, method] = (request.params['file'] ?? '').split(':');
          if (method !== 'download' || request.query.get('alt') !== 'media') return { json: { name: `files/${file ?? ''}` } };
          // Where the bytes are no key is asked for.
          return { status: 302, headers: { location: `${request.origin}/download/${file ?? ''}` }, text: '' };
        }),
      },
      { method: 'GET', path: '/download/:file', handle: () => ({ headers: { 'content-type': 'video/mp4' }, bytes: mp4() }) },
    ],
  };
}

function interaction({ id, state, request: asked, fault }: LabJob<Json>, request: LabRequest): Json {
  const file = { uri: `${request.origin}/${version(request)}/files/${id}` };
  const video = { type: 'video', mime_type: 'video/mp4', ...(fault === 'inline' ? { data: mp4().toString('base64') } : file) };
  const done = state === 'succeeded';
  const inputStep = { type: 'user_input', content: asked['input'] };
  return {
    id,
    object: 'interaction',
    model: asked['model'],
    status: STATUS[state],
    created: '2026-11-28T00:00:00Z',
    response_format: asked['response_format'],
    steps: [inputStep, ...(done ? [{ type: 'model_output', content: fault === 'no_video' ? [] : [video] }] : [])],
    ...(state === 'failed' ? { errors: [errorOf(fault)] } : {}),
    ...(done ? { usage: { total_input_tokens: 12, total_output_tokens: 46_336, total_thought_tokens: 4, total_cached_tokens: 2 } } : {}),
  };
}

function errorOf(fault: string | null): Json {
  return fault === 'moderated'
    ? { code: 'https://ai.google.dev/errors/content-policy-violation', message: 'The video was blocked.' }
    : { code: 'https://ai.google.dev/errors/internal', message: 'The model broke.' };
}

function checkInteraction(body: Json): void {
  checkNames(body, FIELDS, 'interaction');
  if (!String(body['model']).startsWith('gemini-')) throw new Refusal(404, `Model ${String(body['model'])} was not found.`);
  const format = (body['response_format'] ?? {}) as Json;
  if (format['type'] !== 'video' || body['background'] !== true) throw new Refusal(400, 'A video is made in the background.');
  checkNames(format, ['type', 'aspect_ratio', 'resolution', 'duration', 'delivery', 'gcs_uri'], 'response_format');
  const choices: Readonly<Record<string, readonly unknown[]>> = {
    aspect_ratio: ['16:9', '9:16', undefined],
    resolution: ['360p', '720p', '1080p', '4k', undefined],
    delivery: ['inline', 'uri', undefined],
  };
  for (const [name, values] of Object.entries(choices)) {
    if (!values.includes(format[name])) throw new Refusal(400, `Invalid ${name}: ${JSON.stringify(format[name])}.`);
  }
  const { duration } = format;
  if (duration !== undefined && !(typeof duration === 'string' && /^([3-9]|10)s$/.test(duration))) {
    throw new Refusal(400, 'duration must be from 3s to 10s.');
  }
  const config = (body['generation_config'] ?? {}) as Json;
  const task = ((config['video_config'] ?? {}) as Json)['task'];
  if (task !== undefined && !(TASKS as unknown[]).includes(task)) throw new Refusal(400, `Invalid task: ${JSON.stringify(task)}.`);
  checkInput(body['input']);
  for (const [key, value] of Object.entries((body['labels'] ?? {}) as Json)) {
    if (!/^[a-z][a-z0-9_-]{0,62}$/.test(key) || !/^[a-z0-9_-]{0,63}$/.test(String(value))) throw new Refusal(400, `Invalid label ${key}.`);
  }
  const hooks = (body['webhook_config'] ?? { uris: ['https://a'] }) as Json;
  if (!Array.isArray(hooks['uris']) || hooks['uris'].length === 0) throw new Refusal(400, 'webhook_config needs uris.');
}

function checkInput(input: unknown): void {
  if (typeof input === 'string') return;
  if (!Array.isArray(input) || input.length === 0) throw new Refusal(400, 'input is missing.');
  for (const block of input as Json[]) {
    const { type } = block;
    if (type === 'text' && typeof block['text'] === 'string') continue;
    if ((type === 'image' || type === 'video') && typeof block['mime_type'] === 'string') {
      if (isBase64(block['data']) || typeof block['uri'] === 'string') continue;
    }
    throw new Refusal(400, `Invalid input block of type ${JSON.stringify(type)}.`);
  }
}
