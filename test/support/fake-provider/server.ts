import type { IncomingMessage, ServerResponse } from 'node:http';
import { answerChat } from './chat';
import { control } from './control';
import { answerEmbeddings } from './embeddings';
import { answerImage } from './images';
import type { Parts } from './parts';
import type { Step } from './plan';
import { readRequest } from './read-request';
import type { RecordedRequest } from './records';
import { pause, sendError, sendExactly, sendJson } from './reply';

const CREATING = new Set(['/v1/chat/completions', '/v1/embeddings', '/v1/images/generations', '/v1/images/edits', '/v1/videos']);

/** Answers one request in OpenAI's wire format. */
export async function handle(parts: Parts, incoming: IncomingMessage, response: ServerResponse): Promise<void> {
  const request = await readRequest(incoming);
  if (request.path.startsWith('/fake/')) {
    control(parts, request, response);
    return;
  }
  parts.records.addRequest(request);
  if (request.method === 'POST' && CREATING.has(request.path)) return create(parts, request, response);

  const url = new URL(incoming.url ?? '/', 'http://fake');
  const [, , resource, id, rest] = url.pathname.split('/').map(decodeURIComponent);
  if (resource === 'models') {
    const data = ['fake-text', 'fake-image', 'fake-video'].map((model) => ({ id: model, object: 'model', created: 0, owned_by: 'fake' }));
    sendJson(response, 200, { object: 'list', data });
    return;
  }
  if (resource !== 'videos') {
    sendError(response, 404, 'not_found', `Nothing at ${url.pathname}.`);
    return;
  }
  if (id === undefined) {
    parts.videos.list(response);
    return;
  }
  if (request.method === 'DELETE') {
    parts.videos.remove(response, id);
    return;
  }
  if (rest === 'content') {
    parts.videos.content(response, id, url.searchParams.get('variant') ?? 'video');
    return;
  }
  parts.videos.answer(response, id);
}

async function create(parts: Parts, request: RecordedRequest, response: ServerResponse): Promise<void> {
  const over = parts.records.begin(request);
  response.once('finish', over);
  response.once('close', () => {
    over();
    if (!response.writableFinished) parts.records.addUnfinished(request);
  });
  const step = parts.plan.next(request.model ?? '');
  await pause(step.thinkMs ?? parts.behaviour.thinkMs);
  if (step.status !== undefined) {
    refuse(response, step, step.status);
    return;
  }
  const known = parts.behaviour.honoursKeys && parts.records.counts.createsByKey.has(request.idempotencyKey ?? '');
  if (!known) parts.records.addCreate(request);
  const videoId = request.path === '/v1/videos' ? parts.videos.create(request, step, known) : null;
  if (step.hang === true) return;
  if (step.cut === true) return void response.destroy();
  if (step.exactly !== undefined) return sendExactly(response, step.exactly);
  if (step.badJson === true) return void response.writeHead(200, { 'content-type': 'application/json' }).end('{"choices": [');
  if (videoId !== null) {
    parts.videos.answer(response, videoId, 201);
    return;
  }
  if (request.path === '/v1/chat/completions') return answerChat(response, request, step, parts.behaviour);
  if (request.path === '/v1/embeddings') {
    answerEmbeddings(response, request);
    return;
  }
  answerImage(response, request, step);
}

function refuse(response: ServerResponse, step: Step, status: number): void {
  const headers: Record<string, string> = step.retryAfter === undefined ? {} : { 'retry-after': String(step.retryAfter) };
  sendError(response, status, step.code ?? null, step.message ?? `The fake refuses with ${status}.`, headers);
}
