import type { Router } from 'express';
import type { Authenticating } from '../../deps';
import { parseWith } from '../../http/faults';
import { createRoutes, jsonOf } from '../../http/routes';
import { wishOf, withModel } from '../../submit/routing-fields';
import { answerChat, type AnsweringChats } from '../text-answer';
import { chatOf, completionOf, createCompletionChunks, echoOf } from './map';
import { completionsBody } from './schema';

const MAX_BODY_BYTES = 16 * 1024 * 1024;

/** The older POST /v1/completions, answered by a chat. */
export function completionsRouter(context: Authenticating & AnsweringChats): Router {
  const routes = createRoutes(context, '/v1');
  routes.post('/completions', jsonOf(MAX_BODY_BYTES, { keepsIntegers: true }), (request, response) => {
    const body = parseWith(completionsBody, withModel(request.body));
    const echo = echoOf(body);
    return answerChat(context, request, response, {
      endpoint: 'completions',
      model: body.model,
      input: chatOf(body),
      body,
      ...wishOf(body),
      isStream: body.stream === true,
      whole: (answer) => completionOf(answer, echo),
      writer: (facts) => createCompletionChunks(facts, { echo, includeUsage: body.stream_options?.include_usage === true }),
    });
  });
  return routes.done();
}
