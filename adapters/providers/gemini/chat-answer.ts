import { randomUUID } from 'node:crypto';
import { AppError, type ErrorCode } from '../../../domain/errors';
import type { ChatAnswer, ChatChunk, ReportedUsage } from '../../../domain/provider/provider';
import { NO_USAGE, type Usage } from '../../../domain/task/generation';
import { redact } from '../../../domain/redact';
import type { Connection } from '../shared/connection';
import { lateErrorOfGoogle } from '../shared/google-error';
import { countOf, isObject, textOf, type JsonObject } from '../shared/json';
import { hasFault } from '../shared/provider-error';

type Named = Pick<Connection, 'name' | 'secrets'>;

/** A `generateContent` answer as it comes, whole or in pieces, in OpenAI's shape. */
export interface Answer {
  /** @throws AppError for an error in it, or an end that is a fault */
  add(response: JsonObject): ChatChunk | null;
  /** Every choice that began has ended, and one did. */
  isFinished(): boolean;
  /** The last chunks: the finish reasons, the usage. */
  close(): readonly ChatChunk[];
  answer(): ChatAnswer;
}

interface Choice {
  readonly index: number;
  text: string;
  reasoning: string;
  readonly images: JsonObject[];
  readonly calls: JsonObject[];
  signature: string | undefined;
  readonly logprobs: unknown[];
  readonly facts: JsonObject;
  finish: string | null;
}

/** How an answer ends, by Google's word. */
const FINISH: Readonly<Record<string, 'stop' | 'length' | 'content_filter' | ErrorCode>> = {
  STOP: 'stop',
  MAX_TOKENS: 'length',
  CONTINUATION: 'length',
  ...Object.fromEntries(
    [
      ...['SAFETY', 'RECITATION', 'BLOCKLIST', 'PROHIBITED_CONTENT', 'SPII'],
      ...['IMAGE_SAFETY', 'IMAGE_PROHIBITED_CONTENT', 'IMAGE_RECITATION', 'MODEL_ARMOR'],
    ].map((word) => [word, 'content_filter' as const]),
  ),
  ...Object.fromEntries(
    [
      ...['LANGUAGE', 'OTHER', 'IMAGE_OTHER', 'NO_IMAGE', 'MALFORMED_FUNCTION_CALL'],
      ...['UNEXPECTED_TOOL_CALL', 'TOO_MANY_TOOL_CALLS', 'MALFORMED_RESPONSE'],
    ].map((word) => [word, 'provider_bad_response' as const]),
  ),
  MISSING_THOUGHT_SIGNATURE: 'provider_rejected',
};
const ENDS = new Set(['stop', 'length', 'content_filter']);
/** Handed on beside the message, as they are. */
const FACTS = ['citationMetadata', 'groundingMetadata', 'urlContextMetadata'];

/** What an end means: OpenAI's word, the code of a failure, or undefined for a word that is not known. */
export function meaningOfFinish(word: string): string | undefined {
  return FINISH[word];
}

export function createAnswer(connection: Named): Answer {
  const choices = new Map<number, Choice>();
  let usage: JsonObject = {};
  let upstreamId: string | null = null;

  function addCandidate(candidate: JsonObject, position: number): JsonObject | null {
    const index = countOf(candidate['index']) ?? position;
    const isNew = !choices.has(index);
    const choice = choices.get(index) ?? emptyChoice(index);
    choices.set(index, choice);
    const delta: JsonObject = isNew ? { role: 'assistant' } : {};
    const content = isObject(candidate['content']) ? candidate['content'] : {};
    for (const part of objectsOf(content['parts'])) addPart(choice, part, delta);
    for (const name of FACTS) if (isObject(candidate[name])) choice.facts[name] = candidate[name];
    const logprobs = logprobsOf(candidate['logprobsResult']);
    choice.logprobs.push(...logprobs);
    choice.finish = finishOf(connection, candidate) ?? choice.finish;
    if (Object.keys(delta).length === 0 && logprobs.length === 0) return null;
    return { index, delta, finish_reason: null, ...(logprobs.length === 0 ? {} : { logprobs: { content: logprobs, refusal: null } }) };
  }

  return {
    add(response) {
      throwIfFailed(connection, response);
      upstreamId ??= textOf(response['responseId']) ?? null;
      if (isObject(response['usageMetadata'])) usage = { ...usage, ...response['usageMetadata'] };
      const list = objectsOf(response['candidates'])
        .map(addCandidate)
        .filter((choice) => choice !== null);
      return list.length === 0 ? null : ({ choices: list } as unknown as ChatChunk);
    },
    isFinished: () => choices.size > 0 && [...choices.values()].every(({ finish }) => finish !== null),
    close() {
      const ends = [...choices.values()].map((choice) => ({ index: choice.index, delta: {}, finish_reason: finishReason(choice) }));
      const reported = usageOf(usage);
      return [{ choices: ends }, ...(reported === null ? [] : [{ choices: [], usage: reported.original }])];
    },
    answer: () => ({
      choices: [...choices.values()].sort((left, right) => left.index - right.index).map(wholeChoice),
      usage: usageOf(usage),
      upstreamId,
      extra: {},
    }),
  };
}

/** @throws AppError for an error in place of an answer, and for a prompt that Google blocks: 200, and no candidates */
function throwIfFailed(connection: Named, response: JsonObject): void {
  if (hasFault(response)) throw lateErrorOfGoogle(response, `Provider ${connection.name} reported an error`, connection.secrets);
  const feedback = response['promptFeedback'];
  const reason = isObject(feedback) ? textOf(feedback['blockReason']) : undefined;
  if (!isObject(feedback) || reason === undefined || objectsOf(response['candidates']).length > 0) return;
  const words = redact(textOf(feedback['blockReasonMessage']) ?? '', connection.secrets);
  throw new AppError(
    'content_policy_violation',
    `Provider ${connection.name} blocked the prompt (${reason})${words === '' ? '' : `: ${words}`}.`,
    {
      providerCode: reason,
      ...(words === '' ? {} : { providerMessage: words }),
    },
  );
}

function finishOf(connection: Named, candidate: JsonObject): string | null {
  const word = textOf(candidate['finishReason']);
  if (word === undefined || word === 'FINISH_REASON_UNSPECIFIED') return null;
  const meaning = FINISH[word] ?? 'stop';
  if (ENDS.has(meaning)) return meaning;
  const words = redact(textOf(candidate['finishMessage']) ?? '', connection.secrets);
  throw new AppError(
    meaning as ErrorCode,
    `Provider ${connection.name} ended the answer with ${word}${words === '' ? '' : `: ${words}`}.`,
    {
      providerCode: word,
      ...(words === '' ? {} : { providerMessage: words }),
    },
  );
}

function addPart(choice: Choice, part: JsonObject, delta: JsonObject): void {
  const signature = textOf(part['thoughtSignature']);
  const call = part['functionCall'];
  if (isObject(call)) {
    const made = callOf(call, signature, choice);
    delta['tool_calls'] = [...((delta['tool_calls'] as unknown[] | undefined) ?? []), { index: choice.calls.length, ...made }];
    choice.calls.push(made);
    return;
  }
  const text = textOf(part['text']) ?? codeOf(part);
  if (text !== undefined && text !== '') {
    const isThought = part['thought'] === true;
    const field = isThought ? 'reasoning_content' : 'content';
    delta[field] = `${textOf(delta[field]) ?? ''}${text}`;
    if (isThought) choice.reasoning += text;
    else choice.text += text;
  }
  const data = part['inlineData'];
  if (isObject(data) && part['thought'] !== true) {
    const image = { type: 'image_url', image_url: { url: `data:${textOf(data['mimeType']) ?? ''};base64,${textOf(data['data']) ?? ''}` } };
    delta['images'] = [...((delta['images'] as unknown[] | undefined) ?? []), { index: choice.images.length, ...image }];
    choice.images.push(image);
  }
  if (signature !== undefined) {
    choice.signature = signature;
    delta['extra_content'] = { google: { thought_signature: signature } };
  }
}

function callOf(call: JsonObject, signature: string | undefined, { calls }: Choice): JsonObject {
  const given = textOf(call['id']) ?? '';
  const isFree = given !== '' && calls.every(({ id }) => id !== given);
  return {
    id: isFree ? given : `call_${randomUUID().replaceAll('-', '')}`,
    type: 'function',
    function: { name: textOf(call['name']) ?? '', arguments: JSON.stringify(call['args'] ?? {}) },
    ...(signature === undefined ? {} : { extra_content: { google: { thought_signature: signature } } }),
  };
}

/** What Google's own code tool ran, as readers of an answer expect code. */
function codeOf(part: JsonObject): string | undefined {
  const { executableCode: ran, codeExecutionResult: result } = part;
  if (isObject(ran)) return `\n\`\`\`${(textOf(ran['language']) ?? '').toLowerCase()}\n${textOf(ran['code']) ?? ''}\n\`\`\`\n`;
  return isObject(result) ? `\n\`\`\`\n${textOf(result['output']) ?? ''}\n\`\`\`\n` : undefined;
}

function wholeChoice(choice: Choice): JsonObject {
  return {
    index: choice.index,
    message: {
      role: 'assistant',
      content: choice.text === '' ? null : choice.text,
      refusal: null,
      ...(choice.reasoning === '' ? {} : { reasoning_content: choice.reasoning }),
      ...(choice.images.length === 0 ? {} : { images: choice.images }),
      ...(choice.calls.length === 0 ? {} : { tool_calls: choice.calls }),
      ...(choice.signature === undefined ? {} : { extra_content: { google: { thought_signature: choice.signature } } }),
    },
    logprobs: choice.logprobs.length === 0 ? null : { content: choice.logprobs, refusal: null },
    ...choice.facts,
    finish_reason: finishReason(choice),
  };
}

/** An answer that calls functions ends because of them. */
function finishReason({ finish, calls }: Choice): string {
  return calls.length > 0 && (finish ?? 'stop') === 'stop' ? 'tool_calls' : (finish ?? 'stop');
}

function logprobsOf(result: unknown): unknown[] {
  if (!isObject(result)) return [];
  const top = objectsOf(result['topCandidates']);
  return objectsOf(result['chosenCandidates']).map((chosen, position) => ({
    ...logprobOf(chosen),
    top_logprobs: objectsOf(top[position]?.['candidates']).map(logprobOf),
  }));
}

function logprobOf(candidate: JsonObject): JsonObject {
  const token = textOf(candidate['token']) ?? '';
  return { token, logprob: candidate['logProbability'] ?? 0, bytes: [...Buffer.from(token)] };
}

/** What Google counted, in OpenAI's words; null when it said nothing. Thoughts are output, results of Google's own tools are input. */
function usageOf(metadata: JsonObject): ReportedUsage | null {
  const count = (name: string): number => countOf(metadata[name]) ?? 0;
  const input = count('promptTokenCount') + count('toolUsePromptTokenCount');
  if (input === 0) return null;
  const reasoning = count('thoughtsTokenCount');
  // Candidates that were blocked are in the total only.
  const output = Math.max(count('candidatesTokenCount') + reasoning, count('totalTokenCount') - input);
  const cached = Math.min(count('cachedContentTokenCount'), input);
  const usage: Usage = { ...NO_USAGE, inputTokens: input, cachedInputTokens: cached, outputTokens: output, reasoningTokens: reasoning };
  const original = {
    prompt_tokens: input,
    completion_tokens: output,
    total_tokens: input + output,
    prompt_tokens_details: { cached_tokens: cached },
    completion_tokens_details: { reasoning_tokens: reasoning },
  };
  return { usage, original };
}

function objectsOf(value: unknown): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

function emptyChoice(index: number): Choice {
  return { index, text: '', reasoning: '', images: [], calls: [], signature: undefined, logprobs: [], facts: {}, finish: null };
}
