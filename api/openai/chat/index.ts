import { Router, type Request, type Response } from 'express';
import type { ChatInput } from '../../../domain/task/generation';
import type { ApiContext, Authenticating, Awaiting } from '../../deps';
import { callerOf, catalogueOf } from '../../http/context';
import { parseWith } from '../../http/faults';
import { expectJson, readJson } from '../../http/json-body';
import { allowOnly } from '../../http/methods';
import { idempotencyKeyOf } from '../../http/request-headers';
import { setRun } from '../../http/send';
import { authenticate } from '../../middleware/authenticate';
import { submitText, type SubmittedText } from '../../submit';
import { noteParams } from '../params';
import { endOfEarlier, runToEnd, sendEnd } from '../text-answer';
import { chatBody, type ChatBody } from './schema';
import { streamStored, streamTo, type StreamedAnswer } from './stream';

/** Messages may hold images in base64. */
const MAX_BODY_BYTES = 32 * 1024 * 1024;

type ChatRouterDeps = Authenticating & Awaiting & Pick<ApiContext, 'catalogue' | 'droppedParams' | 'lane' | 'logger' | 'newId' | 'now'>;

/** POST /v1/chat/completions */
export function chatRouter(context: ChatRouterDeps): Router {
  const router = Router();
  router
    .route('/chat/completions')
    .post(expectJson(MAX_BODY_BYTES), authenticate(context), readJson(MAX_BODY_BYTES, { keepsIntegers: true }), (request, response) =>
      complete(context, request, response),
    )
    .all(allowOnly('POST'));
  return router;
}

type CompleteDeps = Awaiting & Pick<ApiContext, 'catalogue' | 'droppedParams' | 'lane' | 'logger' | 'newId' | 'now' | 'settings'>;

async function complete(context: CompleteDeps, request: Request, response: Response): Promise<void> {
  const body = parseWith(chatBody, request.body);
  const input = chatInputOf(body);
  noteParams(context, response, { operation: 'chat', model: body.model, params: input.params });
  const submitted = await submitText(context, {
    catalogue: catalogueOf(context, response),
    caller: callerOf(response),
    endpoint: 'chat.completions',
    model: body.model,
    input,
    idempotencyKey: idempotencyKeyOf(request),
    fingerprint: () => body,
  });
  setRun(response, submitted.taskId);
  if (body.stream === true) await stream(context, response, body, submitted);
  else await answer(context, response, submitted);
}

async function answer(
  context: Awaiting & Pick<ApiContext, 'lane'>,
  response: Response,
  { taskId, isRepeat, admission }: SubmittedText,
): Promise<void> {
  const end = isRepeat ? await endOfEarlier(context, response, taskId) : await runToEnd(context, response, admission);
  if (end !== null) sendEnd(response, taskId, end);
}

type StreamDeps = Awaiting & Pick<ApiContext, 'lane' | 'logger' | 'now' | 'settings'>;

async function stream(
  context: StreamDeps,
  response: Response,
  body: ChatBody,
  { taskId, isRepeat, admission }: SubmittedText,
): Promise<void> {
  const answer: StreamedAnswer = {
    taskId,
    created: Math.floor(context.now().getTime() / 1_000),
    model: body.model,
    includeUsage: body.stream_options?.include_usage === true,
  };
  if (isRepeat) {
    await streamStored(context, response, answer, () => endOfEarlier(context, response, taskId));
    return;
  }
  await new Promise<void>((resolve, reject) => {
    let isEnded = false;
    const onEvent = streamTo(response, answer, context.settings.streams, reject);
    response.on('close', () => {
      if (!isEnded) context.lane.abandon(taskId);
    });
    context.lane.run(admission, {
      stream: true,
      listener(event) {
        isEnded ||= event.kind === 'ended';
        const isRead = onEvent(event);
        if (!isEnded) return isRead;
        context.watcher.look(taskId);
        resolve();
        return undefined;
      },
    });
  });
}

function chatInputOf(body: ChatBody): ChatInput {
  const { model: _model, messages, stream: _stream, stream_options: _options, ...params } = body;
  return { operation: 'chat', messages, params };
}
