import { Router, type Request, type Response } from 'express';
import { inputTokenEstimate } from '../../domain/money/pricing';
import type { Authenticating } from '../deps';
import { callerOf, catalogueOf } from '../http/context';
import { parseWith } from '../http/faults';
import { expectJson, readJson } from '../http/json-body';
import { allowOnly } from '../http/methods';
import { sendJson } from '../http/send';
import { authenticate } from '../middleware/authenticate';
import { answerChat, type AnsweringChats } from '../openai/text-answer';
import { resolveModel } from '../submit/resolve-model';
import { messageOf } from './answer';
import { chatOf } from './request';
import { countBody, messagesBody } from './schema';
import { createMessageEvents } from './stream';

/** As Anthropic takes. */
const MAX_BODY_BYTES = 32 * 1024 * 1024;

/** Anthropic's surface, for models of any family: POST /v1/messages and POST /v1/messages/count_tokens */
export function messagesRouter(context: Authenticating & AnsweringChats): Router {
  const router = Router();
  const read = [expectJson(MAX_BODY_BYTES), authenticate(context), readJson(MAX_BODY_BYTES, { keepsIntegers: true })];
  router
    .route('/messages')
    .post(...read, (request, response) => createMessage(context, request, response))
    .all(allowOnly('POST'));
  router
    .route('/messages/count_tokens')
    .post(...read, (request, response) => {
      const body = parseWith(countBody, request.body);
      resolveModel(catalogueOf(context, response), callerOf(response), body.model, 'text');
      sendJson(response, 200, { input_tokens: inputTokenEstimate(chatOf(body, betasOf(request)).input) });
    })
    .all(allowOnly('POST'));
  return router;
}

async function createMessage(context: AnsweringChats, request: Request, response: Response): Promise<void> {
  const body = parseWith(messagesBody, request.body);
  const { input, aside } = chatOf(body, betasOf(request));
  const stopSequences = body.stop_sequences ?? [];
  await answerChat(context, request, response, {
    endpoint: 'messages',
    model: body.model,
    input,
    body,
    aside,
    isStream: body.stream === true,
    whole: (answer) => messageOf(answer, stopSequences),
    writer: (facts) => createMessageEvents({ ...facts, inputTokens: inputTokenEstimate(input), stopSequences }),
  });
}

function betasOf(request: Request): string | undefined {
  const betas = request.headers['anthropic-beta'];
  return Array.isArray(betas) ? betas.join(',') : betas;
}
