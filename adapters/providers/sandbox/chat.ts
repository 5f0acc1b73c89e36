import { AppError } from '../../../domain/errors';
import { NO_USAGE } from '../../../domain/task/generation';
import type { ChatAnswer, ChatCall, ChatChunk, ReportedUsage } from '../../../domain/provider/provider';
import type { JsonObject } from '../shared/json';
import { digestOf } from './chance';
import { misbehave, SLOW } from './misbehave';
import { variantOf } from './model';
import { pause } from './pause';
import { replyTo, type Reply } from './reply';
import { countMessageTokens } from './tokens';

/** Between two tokens of a stream. */
const TOKEN_MS = 2;
const MOST_CHOICES = 128;

/** One chat with the sandbox. */
export async function chat(call: ChatCall): Promise<ChatAnswer> {
  const variant = variantOf(call.model, 'sandbox-text');
  const isSlow = variant === 'slow';
  await misbehave(call, {
    variant,
    effect: 'repeatable',
    thinkMs: isSlow ? SLOW.textFirstByteMs : 0,
    limitMs: call.onChunk === undefined ? call.timeouts.wholeFirstByteMs : call.timeouts.firstByteMs,
  });
  const id = `chatcmpl-sandbox${digestOf(call.operationKey).slice(0, 16)}`;
  const replies = Array.from({ length: choicesOf(call) }, (_, index) => replyTo(call.input, index));
  const usage = usageOf(call, replies);
  if (call.onChunk !== undefined) await stream(call, replies, { id, usage, tokenMs: isSlow ? SLOW.textTokenMs : TOKEN_MS });
  return { choices: replies.map(choiceOf), usage, upstreamId: id, extra: {} };
}

interface Stream {
  readonly id: string;
  readonly usage: ReportedUsage;
  readonly tokenMs: number;
}

async function stream(call: ChatCall, replies: readonly Reply[], { id, usage, tokenMs }: Stream): Promise<void> {
  const head = { id, object: 'chat.completion.chunk', created: Math.floor(Date.now() / 1000), model: call.model };
  const send = (choices: ChatChunk['choices'], reported: unknown): void => void call.onChunk?.({ ...head, choices, usage: reported });
  const sendDelta = (index: number, delta: JsonObject, finish: string | null = null): void =>
    send([{ index, delta, finish_reason: finish, logprobs: null }], null);

  replies.forEach((reply, index) => sendDelta(index, opening(reply, index)));
  const longest = Math.max(...replies.map((reply) => reply.pieces.length));
  for (let position = 0; position < longest; position += 1) {
    await pause(tokenMs, call.signal);
    replies.forEach((reply, index) => {
      const piece = reply.pieces[position];
      if (piece === undefined) return;
      sendDelta(index, reply.functionName === null ? { content: piece } : { tool_calls: [{ index: 0, function: { arguments: piece } }] });
    });
  }
  replies.forEach((reply, index) => sendDelta(index, {}, reply.finishReason));
  send([], usage.original);
}

function opening(reply: Reply, index: number): JsonObject {
  if (reply.functionName === null) return { role: 'assistant', content: '', refusal: null };
  return { role: 'assistant', content: null, tool_calls: [{ index: 0, ...toolCall(reply.functionName, index, '') }] };
}

function choiceOf(reply: Reply, index: number): JsonObject {
  const text = reply.pieces.join('');
  const said = reply.functionName === null ? { content: text } : { content: null, tool_calls: [toolCall(reply.functionName, index, text)] };
  return { index, message: { role: 'assistant', refusal: null, ...said }, logprobs: null, finish_reason: reply.finishReason };
}

function toolCall(name: string, index: number, text: string): JsonObject {
  return { id: `call_sandbox${index}`, type: 'function', function: { name, arguments: text } };
}

function choicesOf(call: ChatCall): number {
  const n = call.input.params['n'] ?? 1;
  if (typeof n === 'number' && Number.isInteger(n) && n >= 1 && n <= MOST_CHOICES) return n;
  throw new AppError('provider_rejected', `n must be a whole number from 1 to ${MOST_CHOICES}.`, { param: 'n' });
}

function usageOf(call: ChatCall, replies: readonly Reply[]): ReportedUsage {
  const inputTokens = countMessageTokens(call.input.messages);
  const outputTokens = replies.reduce((sum, reply) => sum + reply.pieces.length, 0);
  return {
    usage: { ...NO_USAGE, inputTokens, outputTokens },
    original: {
      prompt_tokens: inputTokens,
      completion_tokens: outputTokens,
      total_tokens: inputTokens + outputTokens,
      prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
      completion_tokens_details: { reasoning_tokens: 0, audio_tokens: 0, accepted_prediction_tokens: 0, rejected_prediction_tokens: 0 },
    },
  };
}
