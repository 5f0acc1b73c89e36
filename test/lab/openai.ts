import { randomUUID } from 'node:crypto';
import type { z } from 'zod';
import { mp4, PNG } from './files';
import { createJobs, type LabJob } from './jobs';
import { chat, image, readBody, video, type Chat } from './openai-request';
import { moderations, speak, transcribe } from './openai-audio';
import type { LabAnswer, LabEvent, LabRequest, LabVendor } from './vendor';

const REASONS_OUT_LOUD = /^(o\d|gpt-5)/;
const MODELS = ['gpt-4.1', 'gpt-5-mini', 'gpt-image-2', 'sora-2'];

/**
 * OpenAI's chats, moderations, audio, images and videos, in the strictness of OpenAI's own servers. `call NAME {"a":1}` calls a tool. Faults of its own:
 * `moderated`, `failed` (a video's job), `error_in_200` (a chat).
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
      paid('/v1/chat/completions', (request) => answerChat(readBody(chat, request.json()), request.fault)),
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

function answerChat(body: Chat, fault: string | null): LabAnswer {
  if (REASONS_OUT_LOUD.test(body.model)) {
    const refused = (['max_tokens', 'temperature', 'top_p'] as const).find(
      (name) => typeof body[name] === 'number' && (name === 'max_tokens' || body[name] !== 1),
    );
    if (refused !== undefined) throw new RangeError(`Unsupported parameter: '${refused}' is not supported with this model.`);
  }
  if (body.stream !== true && body.stream_options !== undefined && body.stream_options !== null)
    throw new RangeError("'stream_options' needs 'stream'.");
  checkCalls(body);
  const last = body.messages.at(-1);
  const parts = typeof last?.content === 'string' ? [{ type: 'text' as const, text: last.content }] : (last?.content ?? []);
  const said = parts.flatMap((piece) => (piece.type === 'text' ? [piece.text] : [])).join(' ');
  const asked = [...said.matchAll(/call ([\w-]+)(?: (\{.*?\}))?/g)].map(([, name = '', input = '{}']) => ({ name, arguments: input }));
  const known = last?.role === 'user' ? asked.filter(({ name }) => body.tools?.some((given) => given.function.name === name) === true) : [];
  const calls = known.map((called, index) => ({ id: `call_${index}_${randomUUID().slice(0, 6)}`, type: 'function', function: called }));
  const most = (body.max_completion_tokens ?? body.max_tokens ?? 1_000) * 4;
  const words = (last?.role === 'tool' ? `The tools said: ${said}` : `You said: ${said}`).slice(0, most);
  const finish = calls.length > 0 ? 'tool_calls' : words.length === most ? 'length' : 'stop';
  const frame = { id: `chatcmpl-${randomUUID()}`, created: 1_790_000_000, model: body.model, system_fingerprint: null };
  const usage = {
    prompt_tokens: Math.ceil(JSON.stringify(body.messages).length / 4),
    completion_tokens: Math.ceil(words.length / 4),
    total_tokens: Math.ceil(JSON.stringify(body.messages).length / 4) + Math.ceil(words.length / 4),
    prompt_tokens_details: { cached_tokens: 0 },
    completion_tokens_details: { reasoning_tokens: 0 },
  };
  const failure = { error: { message: 'The server had an error.', type: 'server_error', param: null, code: null } };
  if (body.stream !== true) {
    const answer = {
      role: 'assistant',
      content: calls.length > 0 ? null : words,
      refusal: null,
      ...(calls.length > 0 ? { tool_calls: calls } : {}),
    };
    const whole = {
      ...frame,
      object: 'chat.completion',
      choices: [{ index: 0, message: answer, logprobs: null, finish_reason: finish }],
      usage,
    };
    return { json: fault === 'error_in_200' ? failure : whole };
  }
  const chunk = (delta: object, reason: string | null = null): LabEvent => ({
    data: { ...frame, object: 'chat.completion.chunk', choices: [{ index: 0, delta, logprobs: null, finish_reason: reason }] },
  });
  const pieces = calls.length > 0 ? calls.flatMap(piecesOf) : (words.match(/[^]{1,7}/g) ?? []).map((piece) => ({ content: piece }));
  const head = [chunk({ role: 'assistant', content: calls.length > 0 ? null : '' }), ...pieces.map((piece) => chunk(piece))];
  if (fault === 'error_in_200') return { events: [...head.slice(0, 2), { data: failure }] };
  const counted =
    body.stream_options?.include_usage === true ? [{ data: { ...frame, object: 'chat.completion.chunk', choices: [], usage } }] : [];
  return { events: [...head, chunk({}, finish), ...counted, { data: '[DONE]' }] };
}

function piecesOf(
  { id, type, function: called }: { id: string; type: string; function: { name: string; arguments: string } },
  index: number,
): object[] {
  const written = (called.arguments.match(/[^]{1,5}/g) ?? []).map((piece) => ({ tool_calls: [{ index, function: { arguments: piece } }] }));
  return [{ tool_calls: [{ index, id, type, function: { name: called.name, arguments: '' } }] }, ...written];
}

/** Every call of a turn is answered at once after it. */
function checkCalls({ messages }: Chat): void {
  let open: string[] = [];
  for (const given of messages) {
    if (given.role === 'tool') {
      if (!open.includes(given.tool_call_id))
        throw new RangeError("messages with role 'tool' must be a response to a preceding message with 'tool_calls'.");
      open = open.filter((id) => id !== given.tool_call_id);
      continue;
    }
    if (open.length > 0) throw new RangeError(`tool_call_ids did not have response messages: ${open.join()}`);
    if (given.role === 'assistant') open = (given.tool_calls ?? []).map(({ id }) => id);
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
