/**
 * A provider that answers at once, for measuring what Atelier adds. Speaks OpenAI's chat, images and videos; the model's name says how:
 * `mock`, `mock-think-50` (ms before the answer). Prints its port as JSON and runs until its standard input ends.
 */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';

const IMAGE = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const VIDEO = readFileSync(new URL('../../test/lab/video.mp4', import.meta.url));
const USAGE = { prompt_tokens: 20, completion_tokens: 8, total_tokens: 28 };
const WORDS = ['The', ' quick', ' brown', ' fox', ' jumps', ' over', ' it', '.'];
const counts = { chat: 0, images: 0, videos: 0 };

/**
 * @typedef {import('node:http').IncomingMessage} Request
 * @typedef {import('node:http').ServerResponse} Response
 */

/** @param {string} model */
const answer = (model) =>
  JSON.stringify({
    id: 'mock',
    object: 'chat.completion',
    created: 1,
    model,
    choices: [{ index: 0, message: { role: 'assistant', content: WORDS.join(''), refusal: null }, finish_reason: 'stop', logprobs: null }],
    usage: USAGE,
  });

/** @param {Response} response @param {string} model */
function stream(response, model) {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  /** @param {object} delta @param {string | null} finish @param {object} [extra] */
  const chunk = (delta, finish, extra = {}) =>
    `data: ${JSON.stringify({ id: 'mock', object: 'chat.completion.chunk', created: 1, model, choices: [{ index: 0, delta, finish_reason: finish }], ...extra })}\n\n`;
  response.write(chunk({ role: 'assistant', content: '' }, null));
  for (const word of WORDS) response.write(chunk({ content: word }, null));
  response.write(chunk({}, 'stop'));
  response.end(
    `data: ${JSON.stringify({ id: 'mock', object: 'chat.completion.chunk', created: 1, model, choices: [], usage: USAGE })}\n\ndata: [DONE]\n\n`,
  );
}

/** A video that is ready at once. */
/** @param {string} id @param {string} status */
const video = (id, status) => JSON.stringify({ id, object: 'video', status, progress: 100, created_at: 1, seconds: '1', size: '64x36' });

/** @param {Request} request @param {Response} response */
function answerVideo(request, response) {
  if (request.method === 'POST') {
    counts.videos += 1;
    request.resume();
    request.on('end', () => json(response, video(`video_${counts.videos}`, 'queued')));
  } else if (request.url?.includes('/content') === true) {
    response.writeHead(200, { 'content-type': 'video/mp4', 'content-length': VIDEO.length });
    response.end(VIDEO);
  } else json(response, video(request.url?.split('/').at(-1) ?? '', 'completed'));
}

/** @param {Response} response @param {string} text */
function json(response, text) {
  response.setHeader('content-type', 'application/json');
  // The first look after so long: what is measured is Atelier, not a provider's pace.
  response.setHeader('openai-poll-after-ms', '200');
  response.end(text);
}

const server = createServer((request, response) => {
  if (request.url === '/counts') return response.end(JSON.stringify(counts));
  if (request.url?.startsWith('/v1/videos') === true) return answerVideo(request, response);
  /** @type {Buffer[]} */
  const parts = [];
  request.on('data', (part) => parts.push(part));
  request.on('end', () => {
    const body = JSON.parse(Buffer.concat(parts).toString() || '{}');
    const thinkMs = Number(/think-(\d+)/.exec(body.model ?? '')?.[1] ?? 0);
    const send = () => {
      if (request.url?.endsWith('/images/generations')) {
        counts.images += 1;
        response.setHeader('content-type', 'application/json');
        response.end(JSON.stringify({ created: 1, data: Array.from({ length: body.n ?? 1 }, () => ({ b64_json: IMAGE })) }));
        return;
      }
      counts.chat += 1;
      if (body.stream === true) return stream(response, body.model);
      response.setHeader('content-type', 'application/json');
      response.end(answer(body.model));
    };
    if (thinkMs > 0) setTimeout(send, thinkMs);
    else send();
  });
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () =>
  process.stdout.write(`${JSON.stringify({ port: /** @type {import('node:net').AddressInfo} */ (server.address()).port })}\n`),
);
process.stdin.resume();
process.stdin.on('end', () => process.exit(0));
