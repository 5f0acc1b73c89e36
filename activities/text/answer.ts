import { inputTokenEstimate, outputTokenEstimate } from '../../domain/money/pricing';
import { NO_USAGE, type ChatInput, type EmbeddingInput, type ModerationInput, type Usage } from '../../domain/task/generation';
import type { ChatAnswer, EmbeddingAnswer, ModerationAnswer } from '../../domain/provider/provider';
import type { TextResult } from '../../domain/task/task';

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
  const usage = answer.usage === null ? estimateChat(input, answer) : believable(answer.usage.usage, input, answer);
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
  const usage = answer.usage?.usage ?? { ...NO_USAGE, inputTokens: inputTokenEstimate(input), estimated: true };
  const body = {
    object: 'list',
    data: answer.data,
    model: frame.model,
    usage: answer.usage?.original ?? { prompt_tokens: usage.inputTokens, total_tokens: usage.inputTokens },
  };
  return { result: { body }, usage };
}

/** OpenAI's moderations with our id and model name. */
export function moderationResult(frame: AnswerFrame, input: ModerationInput, answer: ModerationAnswer): FinishedText {
  const usage = answer.usage?.usage ?? { ...NO_USAGE, inputTokens: inputTokenEstimate(input), estimated: true };
  return { result: { body: { ...answer.extra, id: frame.taskId, model: frame.model, results: answer.results } }, usage };
}

function estimateChat(input: ChatInput, answer: ChatAnswer): Usage {
  return { ...NO_USAGE, inputTokens: inputTokenEstimate(input), outputTokens: estimateOutput(answer), estimated: true };
}

/** Servers that do not count report zeros: a side that cannot be zero is counted by us. */
function believable(reported: Usage, input: ChatInput, answer: ChatAnswer): Usage {
  if (reported.inputTokens > 0 && reported.outputTokens > 0) return reported;
  const counted = estimateChat(input, answer);
  const isInputMissing = reported.inputTokens === 0 && counted.inputTokens > 0;
  const isOutputMissing = reported.outputTokens === 0 && counted.outputTokens > 0;
  return {
    ...reported,
    ...(isInputMissing ? { inputTokens: counted.inputTokens } : {}),
    ...(isOutputMissing ? { outputTokens: counted.outputTokens } : {}),
    estimated: isInputMissing || isOutputMissing,
  };
}

function estimateOutput(answer: ChatAnswer): number {
  const tokens = answer.choices.reduce((sum, { message }) => {
    return sum + (typeof message === 'object' && message !== null ? outputTokenEstimate(message as Record<string, unknown>) : 0);
  }, 0);
  return Math.ceil(tokens);
}

function openAiUsage(usage: Usage): Readonly<Record<string, unknown>> {
  return {
    prompt_tokens: usage.inputTokens,
    completion_tokens: usage.outputTokens,
    total_tokens: usage.inputTokens + usage.outputTokens,
  };
}
