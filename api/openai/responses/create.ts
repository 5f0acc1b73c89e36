import type { Request, Response } from 'express';
import type { ChatInput } from '../../../domain/task/generation';
import type { TemplateUse } from '../../../domain/template/use';
import type { ApiContext, UsingTemplates } from '../../deps';
import { callerOf, catalogueOf } from '../../http/context';
import { parseWith } from '../../http/faults';
import { heldBy } from '../../http/held';
import { originOf } from '../../http/request-origin';
import { idempotencyKeyOf } from '../../http/request-headers';
import { sendJson, setMade } from '../../http/send';
import { submitText } from '../../submit';
import { withModel, wishOf } from '../../submit/routing-fields';
import { templatedResponse } from '../../templates/text-request';
import { noteParams } from '../params';
import { answerChat, type AnsweringChats } from '../text-answer';
import { followResponse, runLive } from './background';
import type { LiveResponses } from './live';
import { responseId, responseObject, type ResponseFacts } from './object';
import { chatOfBody } from './request';
import { responsesBody, type ResponsesBody } from './schema';
import { loadResponse, storedObject, unixSeconds } from './stored';
import { createResponseWriter, responseOfBody } from './writer';

type CreateDeps = AnsweringChats & UsingTemplates & Pick<ApiContext, 'draining' | 'tasks'>;

/** POST /v1/responses */
export async function createResponse(context: CreateDeps, live: LiveResponses, request: Request, response: Response): Promise<void> {
  const { fields, template } = await templatedResponse(context, response, request.body);
  const body = parseWith(responsesBody, withModel(fields));
  const asked = template === null ? body : (request.body as unknown);
  const chat = await chatOfBody(context, response, body);
  if (body.background === true) {
    await createInBackground(context, live, request, response, { ...chat, body, asked, template });
    return;
  }
  const now = () => unixSeconds(context.now());
  await answerChat(context, request, response, {
    ...chat,
    endpoint: 'responses',
    template,
    body: asked,
    ...wishOf(body),
    metadata: body.metadata ?? {},
    isStream: body.stream === true,
    whole: (answer) => {
      const facts = factsOf(body, chat, { taskId: String(answer['id']), created: Number(answer['created']) });
      return responseOfBody(facts, answer, Math.max(facts.created, now()));
    },
    writer: (facts) => createResponseWriter(factsOf(body, chat, facts), now),
  });
}

interface Requested {
  readonly model: string;
  readonly input: ChatInput;
}

function factsOf(
  body: ResponsesBody,
  { model, input }: Requested,
  { taskId, created }: { readonly taskId: string; readonly created: number },
): ResponseFacts {
  return {
    taskId,
    created,
    model,
    isBackground: body.background === true,
    metadata: body.metadata ?? {},
    frame: input.response ?? NO_FRAME,
    params: input.params,
    instructions: body.instructions,
  };
}

const NO_FRAME = { previousId: null, hasInstructions: false, isStored: true, sealsReasoning: false, standIns: {}, echo: {} };

interface InBackground extends Requested {
  readonly body: ResponsesBody;
  /** The request as it came. */
  readonly asked: unknown;
  readonly template: TemplateUse | null;
  readonly aside: Readonly<Record<string, unknown>>;
}

/** The run goes on without the client, which reads it later, or follows its events and may come back to them. */
async function createInBackground(
  context: CreateDeps,
  live: LiveResponses,
  request: Request,
  response: Response,
  { body, asked, template, model, input, aside }: InBackground,
): Promise<void> {
  noteParams(context, response, { operation: 'chat', model, params: input.params, aside });
  const submitted = await submitText(context, {
    catalogue: catalogueOf(context, response),
    caller: callerOf(response),
    origin: originOf(request, response, { status: 200 }),
    endpoint: 'responses.background',
    model,
    input,
    metadata: body.metadata ?? {},
    idempotencyKey: idempotencyKeyOf(request),
    fingerprint: () => asked,
    template,
    ...wishOf(body),
  });
  const { taskId, isRepeat, admission } = submitted;
  setMade(response, submitted);
  if (isRepeat) response.setHeader('idempotent-replayed', 'true');
  const facts = factsOf(body, { model, input }, { taskId, created: unixSeconds(context.now()) });
  if (body.stream === true) {
    if (!isRepeat) runLive(context, response, live, { admission, facts });
    await followResponse(context, response, live, { stored: await loadResponse(context, response, responseId(taskId)), after: -1 });
    return;
  }
  if (!isRepeat) context.lane.background(admission, heldBy(response).keep());
  sendJson(
    response,
    200,
    isRepeat ? storedObject(await loadResponse(context, response, responseId(taskId))) : responseObject(facts, { status: 'queued' }),
  );
}
