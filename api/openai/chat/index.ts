import type { Router, Request, Response } from 'express';
import type { Authenticating, UsingTemplates } from '../../deps';
import { parseWith } from '../../http/faults';
import { createRoutes, jsonOf } from '../../http/routes';
import { withModel, wishOf } from '../../submit/routing-fields';
import { templatedChat } from '../../templates/text-request';
import { chatOfBody } from '../responses/request';
import { responsesBody } from '../responses/schema';
import { answerChat, type AnsweringChats, type AnswerFacts } from '../text-answer';
import type { AnswerWriter } from '../text-stream';
import { createChunkWriter } from './chunks';
import { chatInputOf } from './input';
import { chatBody } from './schema';

/** Messages may hold images in base64. */
const MAX_BODY_BYTES = 32 * 1024 * 1024;

type Deps = AnsweringChats & UsingTemplates;

/** POST /v1/chat/completions; Cursor's own path is the same. */
export function chatRouter(context: Authenticating & Deps): Router {
  const routes = createRoutes(context, '/v1');
  const read = jsonOf(MAX_BODY_BYTES, { keepsIntegers: true });
  // One by one: metrics name a request by the path of its route, which several paths in one route do not have.
  for (const path of ['/chat/completions', '/cursor/chat/completions'] as const) {
    routes.post(path, read, (request, response) =>
      hasInputAlone(request.body) ? answerInput(context, request, response) : answerMessages(context, request, response),
    );
  }
  return routes.done();
}

async function answerMessages(context: Deps, request: Request, response: Response): Promise<void> {
  const { fields, template } = await templatedChat(context, response, request.body);
  const body = parseWith(chatBody, withModel(fields));
  await answerChat(context, request, response, {
    endpoint: 'chat.completions',
    model: body.model,
    input: chatInputOf(body),
    template,
    body: template === null ? body : (request.body as unknown),
    ...wishOf(body),
    isStream: body.stream === true,
    whole: (answer) => answer,
    writer: (facts) => chunkEvents(facts, body.stream_options?.include_usage === true),
  });
}

/** Cursor sends the body of a response to this endpoint, and reads the answer of a chat. */
function hasInputAlone(body: unknown): boolean {
  return typeof body === 'object' && body !== null && 'input' in body && !('messages' in body);
}

async function answerInput(context: AnsweringChats, request: Request, response: Response): Promise<void> {
  const body = parseWith(responsesBody, withModel(request.body));
  const { model, input, aside } = await chatOfBody(context, response, body);
  const { response: _frame, ...chat } = input;
  await answerChat(context, request, response, {
    endpoint: 'chat.completions',
    model,
    input: chat,
    aside: body.background === true ? { ...aside, background: true } : aside,
    body,
    ...wishOf(body),
    isStream: body.stream === true,
    whole: (answer) => answer,
    writer: (facts) => chunkEvents(facts, body.stream_options?.['include_usage'] === true),
  });
}

function chunkEvents({ taskId, ...facts }: AnswerFacts, includeUsage: boolean): AnswerWriter {
  const writer = createChunkWriter({ ...facts, id: taskId, includeUsage });
  return {
    served: (model) => writer.served(model),
    onChunk: (chunk) => writer.onChunk(chunk).map((data) => ({ data })),
    onEnd: (body) => [...writer.onEnd(body['usage']).map((data) => ({ data })), { data: '[DONE]' }],
  };
}
