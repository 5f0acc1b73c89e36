import type { Request, Response } from 'express';
import { AppError } from '../../domain/errors';
import type { TextEnd, TextListener } from '../../domain/runner';
import type { ChatInput } from '../../domain/task/generation';
import type { Admission } from '../../domain/task/store';
import { isTerminal, type Endpoint } from '../../domain/task/task';
import type { ApiContext, Awaiting } from '../deps';
import { errorOfTask } from '../errors';
import { callerOf, catalogueOf } from '../http/context';
import { originOf } from '../http/request-origin';
import { idempotencyKeyOf } from '../http/request-headers';
import { sendJson, setMade, setRun } from '../http/send';
import { submitText, type SubmittedText } from '../submit';
import type { TemplateUse } from '../../domain/template/use';
import type { RoutingWish } from '../../domain/admission/request';
import { noteParams } from './params';
import { streamStored, streamTo, type AnswerWriter } from './text-stream';

export type AnsweringChats = Awaiting &
  Pick<ApiContext, 'catalogue' | 'droppedParams' | 'lane' | 'logger' | 'newId' | 'now' | 'routeState' | 'settings'>;

/** Facts of a streamed answer that its events repeat; `created`: unix seconds. */
export interface AnswerFacts {
  readonly taskId: string;
  readonly created: number;
  readonly model: string;
}

/** A checked request of a surface that is answered by a chat, and how the surface words the answer. */
export interface ChatRequest {
  readonly endpoint: Endpoint;
  readonly model: string;
  readonly input: ChatInput;
  /** The request as the client sent it, parsed. */
  readonly body: unknown;
  /** Parameters that reach no provider, if they were given. */
  readonly aside?: Readonly<Record<string, unknown>>;
  /** What it asks of the routing (`wishOf`). */
  readonly routing?: RoutingWish;
  readonly metadata?: Readonly<Record<string, string>>;
  /** What it was rendered from. */
  readonly template?: TemplateUse | null;
  readonly isStream: boolean;
  /** Words a whole answer, given in OpenAI's chat shape. */
  whole(body: NonNullable<TextEnd['body']>): unknown;
  /** Words a stream. */
  writer(facts: AnswerFacts): AnswerWriter;
}

/** Admits the chat of a request, or finds the earlier one that it repeats, and answers with its end or as it comes. */
export async function answerChat(context: AnsweringChats, request: Request, response: Response, chat: ChatRequest): Promise<void> {
  const { endpoint, model, input } = chat;
  noteParams(context, response, {
    operation: 'chat',
    model,
    params: input.params,
    messages: input.messages,
    ...(input.format === undefined ? {} : { format: input.format }),
    ...(chat.aside === undefined ? {} : { aside: chat.aside }),
  });
  const submitted = await submitText(context, {
    catalogue: catalogueOf(context, response),
    caller: callerOf(response),
    origin: originOf(request, response),
    endpoint,
    model,
    input,
    idempotencyKey: idempotencyKeyOf(request),
    fingerprint: () => chat.body,
    template: chat.template ?? null,
    ...(chat.routing === undefined ? {} : { routing: chat.routing }),
    ...(chat.metadata === undefined ? {} : { metadata: chat.metadata }),
  });
  const { taskId, isRepeat, admission } = submitted;
  setMade(response, submitted);
  if (chat.isStream) {
    await streamChat(context, response, chat, submitted);
    return;
  }
  const end = isRepeat ? await endOfEarlier(context, response, taskId) : await runToEnd(context, response, admission);
  if (end !== null) sendEnd(response, taskId, end, (body) => chat.whole(body));
}

async function streamChat(
  context: AnsweringChats,
  response: Response,
  chat: ChatRequest,
  { taskId, isRepeat, admission }: SubmittedText,
): Promise<void> {
  const writer = chat.writer({ taskId, created: Math.floor(context.now().getTime() / 1_000), model: chat.model });
  const answer = { taskId, writer };
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

/** Longest wait for an earlier request that is still running. */
const EARLIER_WAIT_MS = 15 * 60_000;

/**
 * Runs an admitted text task and resolves with its end; a client that goes away meanwhile ends the call.
 * @param onEvent - given: what comes before the end is told as it comes; the lane waits for a promise that it answers
 */
export function runToEnd(
  context: Pick<ApiContext, 'lane' | 'watcher'>,
  response: Response,
  admission: Admission,
  onEvent?: TextListener,
): Promise<TextEnd> {
  return new Promise((resolve) => {
    let isEnded = false;
    response.on('close', () => {
      if (!isEnded) context.lane.abandon(admission.task.id);
    });
    context.lane.run(admission, {
      stream: onEvent !== undefined,
      listener(event) {
        if (event.kind !== 'ended') return onEvent?.(event);
        isEnded = true;
        context.watcher.look(admission.task.id);
        resolve(event.task);
        return undefined;
      },
    });
  });
}

/**
 * Answers with the body of an ended task.
 * @param wordedAs - the body as the surface words it; default: as it is stored
 * @throws the task's error when it failed
 */
export function sendEnd(
  response: Response,
  taskId: string,
  end: TextEnd,
  wordedAs: (body: NonNullable<TextEnd['body']>) => unknown = (body) => body,
): void {
  setRun(response, taskId, end.provider);
  if (end.status !== 'succeeded' || end.body === null) throw errorOfTask(end.error, taskId);
  sendJson(response, 200, wordedAs(end.body));
}

/**
 * Waits for the earlier task that a request repeats, marks the answer as replayed, and gives that task's end.
 * Null: the client went away meanwhile.
 * @throws AppError `conflict` when it takes longer than 15 minutes, `not_found` when the stored answer is gone
 */
export async function endOfEarlier(context: Awaiting, response: Response, taskId: string): Promise<TextEnd | null> {
  setRun(response, taskId);
  const gone = new AbortController();
  response.on('close', () => gone.abort());
  await context.watcher.waitForEnd(taskId, {
    timeoutMs: EARLIER_WAIT_MS,
    signal: AbortSignal.any([gone.signal, context.closing]),
    isUrgent: true,
  });
  if (gone.signal.aborted) return null;
  const task = await context.tasks.findAnswered(taskId, callerOf(response).teamId);
  if (task === null) throw new AppError('not_found', `The task ${taskId} of this Idempotency-Key is no longer kept.`, { taskId });
  if (!isTerminal(task.status)) {
    throw new AppError(
      'conflict',
      `The first request with this Idempotency-Key (${taskId}) is still running. Look at GET /v1/tasks/${taskId}.`,
      {
        taskId,
      },
    );
  }
  if (task.status === 'succeeded' && task.textResult === null) {
    throw new AppError('not_found', `The answer of ${taskId} is no longer kept.`, { taskId });
  }
  if (!response.headersSent) response.setHeader('idempotent-replayed', 'true');
  const provider = task.attempts.at(-1)?.provider ?? null;
  return { status: task.status, body: task.textResult?.body ?? null, error: task.error, provider };
}
