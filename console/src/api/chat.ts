import { EventSourceParserStream } from 'eventsource-parser/stream';
import { api, asTeam, bodyOf, newKey } from './client';
import { ApiError, NoConnection } from './errors';
import type { operations } from './schema';
import { hasEnded } from './task-facts';

export interface ChatMessage {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string;
}

/** What of an answer is known so far. */
export interface ChatProgress {
  readonly text: string;
  /** The task that it is: its page has cost and attempts. */
  readonly taskId: string | null;
  readonly firstTokenMs: number | null;
  readonly inputTokens: number | null;
  readonly outputTokens: number | null;
}

interface Chunk {
  readonly choices?: readonly { readonly delta?: { readonly content?: string | null } }[];
  readonly usage?: { readonly prompt_tokens: number; readonly completion_tokens: number } | null;
  readonly error?: { readonly code: string; readonly message: string };
}

/** What a conversation asks a model for. */
interface ChatQuestion {
  readonly model: string;
  readonly messages: readonly ChatMessage[];
  readonly temperature: number | null;
  readonly isJson: boolean;
}

export type ChatBody = operations['createChatCompletion']['requestBody']['content']['application/json'];

/** The question as the API takes it. */
export function chatBody({ model, messages, temperature, isJson }: ChatQuestion): ChatBody {
  return {
    model,
    messages: messages.map(({ role, content }) => ({ role, content })),
    ...(temperature === null ? {} : { temperature }),
    ...(isJson ? { response_format: { type: 'json_object' as const } } : {}),
  };
}

/**
 * Streams the answer to a conversation.
 * @param onProgress - told as it comes
 * @throws ApiError, NoConnection; an aborted signal rejects with its reason, what came is kept by the caller
 */
export async function streamChat(
  team: string,
  question: ChatQuestion,
  signal: AbortSignal,
  onProgress: (progress: ChatProgress) => void,
): Promise<void> {
  const begun = performance.now();
  const { response } = await api.POST('/v1/chat/completions', {
    body: { ...chatBody(question), stream: true, stream_options: { include_usage: true } },
    headers: { ...asTeam(team), 'idempotency-key': newKey() },
    parseAs: 'stream',
    signal,
  });
  let progress: ChatProgress = {
    ...{ text: '', taskId: response.headers.get('x-atelier-run-id'), firstTokenMs: null },
    ...{ inputTokens: null, outputTokens: null },
  };
  onProgress(progress);
  const { body } = response;
  if (body === null) throw new NoConnection('an answer without a body');
  const reader = body.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream()).getReader();
  for (;;) {
    const { done, value } = await reader.read().catch((error: unknown) => {
      throw signal.aborted ? error : new NoConnection(error);
    });
    if (done) throw new NoConnection('the stream ended early');
    if (value.data === '[DONE]') return;
    const chunk = JSON.parse(value.data) as Chunk;
    if (chunk.error !== undefined) {
      throw new ApiError(502, { ...chunk.error, param: null, details: null, requestId: response.headers.get('x-request-id') });
    }
    const piece = chunk.choices?.[0]?.delta?.content ?? '';
    progress = {
      ...progress,
      text: progress.text + piece,
      firstTokenMs: progress.firstTokenMs ?? (piece === '' ? null : performance.now() - begun),
      inputTokens: chunk.usage?.prompt_tokens ?? progress.inputTokens,
      outputTokens: chunk.usage?.completion_tokens ?? progress.outputTokens,
    };
    onProgress(progress);
  }
}

/** Between two questions to a server that is away. */
const AGAIN_AFTER_MS = 2_000;

/**
 * The text of an answer whose stream broke, once its task has ended.
 * @returns null: it ended without a text
 * @throws what the signal was aborted with
 */
export async function textOfBroken(team: string, taskId: string, signal: AbortSignal): Promise<string | null> {
  for (;;) {
    signal.throwIfAborted();
    try {
      const headers = { ...asTeam(team), prefer: 'wait=20' };
      const task = bodyOf(await api.GET('/v1/tasks/{id}', { params: { path: { id: taskId } }, headers, signal }));
      if (hasEnded(task)) return task.status === 'succeeded' ? task.text : null;
    } catch (error) {
      if (error instanceof ApiError) return null;
      await new Promise((resolve) => setTimeout(resolve, AGAIN_AFTER_MS));
    }
  }
}
