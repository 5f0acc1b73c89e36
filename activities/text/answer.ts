import { NO_USAGE, type ChatInput, type EmbeddingInput, type Usage } from '../../domain/task/generation';
import type { ChatAnswer, EmbeddingAnswer } from '../../domain/provider/provider';
import type { TextResult } from '../../domain/task/task';
import { contentBytes, countTokens } from './cut-stream';

/** The facts of a task that its answer repeats. */
export interface AnswerFrame {
  readonly taskId: string;
  /** The model's name as the client asked for it. */
  readonly model: string;
  readonly createdAt: Date;
}

/** A finished call: the body for the client and what to charge for. */
export interface FinishedText {
  readonly result: TextResult;
  readonly usage: Usage;
}

/** OpenAI's `chat.completion` with our id and model name. */
export function chatResult(frame: AnswerFrame, input: ChatInput, answer: ChatAnswer): FinishedText {
  const usage = answer.usage?.usage ?? estimateChat(input, answer);
  const body = {
    ...answer.extra,
    id: frame.taskId,
    object: 'chat.completion',
    created: Math.floor(frame.createdAt.getTime() / 1000),
    model: frame.model,
    choices: answer.choices,
    usage: answer.usage?.original ?? openAiUsage(usage),
  };
  return { result: { body }, usage };
}

/** OpenAI's embeddings list with our model name. */
export function embeddingResult(frame: AnswerFrame, input: EmbeddingInput, answer: EmbeddingAnswer): FinishedText {
  const usage = answer.usage?.usage ?? { ...NO_USAGE, inputTokens: countTokens(JSON.stringify(input.input)), estimated: true };
  const body = {
    object: 'list',
    data: answer.data,
    model: frame.model,
    usage: answer.usage?.original ?? { prompt_tokens: usage.inputTokens, total_tokens: usage.inputTokens },
  };
  return { result: { body }, usage };
}

/** Our count of a chat's input: what a cut stream and a provider without usage are settled by. */
export function countInput(input: ChatInput): number {
  return countTokens(JSON.stringify(input.messages));
}

function estimateChat(input: ChatInput, answer: ChatAnswer): Usage {
  const outputBytes = answer.choices.reduce((sum, choice) => {
    const message = choice['message'];
    return sum + (typeof message === 'object' && message !== null ? contentBytes(message as Record<string, unknown>) : 0);
  }, 0);
  return { ...NO_USAGE, inputTokens: countInput(input), outputTokens: Math.ceil(outputBytes / 4), estimated: true };
}

function openAiUsage(usage: Usage): Readonly<Record<string, unknown>> {
  return {
    prompt_tokens: usage.inputTokens,
    completion_tokens: usage.outputTokens,
    total_tokens: usage.inputTokens + usage.outputTokens,
  };
}
