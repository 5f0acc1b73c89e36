import type { Router, Request, Response } from 'express';
import { inputTokenEstimate } from '../../domain/money/pricing';
import { planRoutes } from '../../domain/provider/plan';
import type { ApiContext, Authenticating } from '../deps';
import { callerOf, catalogueOf } from '../http/context';
import { parseWith } from '../http/faults';
import { createRoutes, jsonOf } from '../http/routes';
import { sendJson } from '../http/send';
import { answerChat, type AnsweringChats } from '../openai/text-answer';
import { resolveModel } from '../../domain/admission/resolve-model';
import { wishOf, withModel } from '../submit/routing-fields';
import { messageOf } from './answer';
import { chatOf } from './request';
import { countBody, messagesBody } from './schema';
import { createMessageEvents } from './stream';

/** As Anthropic takes. */
const MAX_BODY_BYTES = 32 * 1024 * 1024;

type Deps = AnsweringChats & Pick<ApiContext, 'countTokens'>;

/** Anthropic's surface, for models of any family: POST /v1/messages and POST /v1/messages/count_tokens */
export function messagesRouter(context: Authenticating & Deps): Router {
  const routes = createRoutes(context, '/v1');
  const read = jsonOf(MAX_BODY_BYTES, { keepsIntegers: true });
  routes.post('/messages', read, (request, response) => createMessage(context, request, response));
  routes.post('/messages/count_tokens', read, (request, response) => countTokens(context, request, response));
  return routes.done();
}

/** The count of the provider that serves the caller first, else ours. */
async function countTokens(context: Deps, request: Request, response: Response): Promise<void> {
  const body = parseWith(countBody, request.body);
  const catalogue = catalogueOf(context, response);
  const caller = callerOf(response);
  const model = resolveModel(catalogue, caller, body.model, 'text');
  const { timeouts } = model;
  const { input } = chatOf(body, betasOf(request));
  const { credentialClass } = caller;
  const { routes } = planRoutes({ catalogue, models: [model], credentialClass, state: context.routeState, random: Math.random });
  const [first] = routes;
  const provider = catalogue.providers.get(first?.provider ?? '');
  const counted =
    first === undefined || provider === undefined ? null : context.countTokens(provider, { upstreamModel: first.model, timeouts, input });
  sendJson(response, 200, { input_tokens: (await counted) ?? inputTokenEstimate(input) });
}

async function createMessage(context: AnsweringChats, request: Request, response: Response): Promise<void> {
  const body = parseWith(messagesBody, withModel(request.body));
  const { input, aside } = chatOf(body, betasOf(request));
  const stopSequences = body.stop_sequences ?? [];
  await answerChat(context, request, response, {
    endpoint: 'messages',
    model: body.model,
    input,
    body,
    aside,
    ...wishOf(body),
    isStream: body.stream === true,
    whole: (answer) => messageOf(answer, stopSequences),
    writer: (facts) => createMessageEvents({ ...facts, inputTokens: inputTokenEstimate(input), stopSequences }),
  });
}

function betasOf(request: Request): string | undefined {
  const betas = request.headers['anthropic-beta'];
  return Array.isArray(betas) ? betas.join(',') : betas;
}
