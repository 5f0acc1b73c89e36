import type { ChatAnswer } from '../../../domain/provider/provider';
import { isObject, textOf, type JsonObject } from '../shared/json';
import { createUsageReader } from './usage';

/** Puts a streamed answer together. */
export interface ChatAssembler {
  /** Takes a chunk in; a finish reason that contradicts its tool calls is mended in the chunk itself. */
  add(chunk: JsonObject): void;
  /** Every choice that began has ended with a finish reason, and at least one did. */
  isFinished(): boolean;
  answer(): ChatAnswer;
}

interface Choice {
  readonly message: JsonObject;
  readonly toolCalls: JsonObject[];
  readonly rest: JsonObject;
  finishReason: string | null;
}

/** Text that comes in pieces; other fields of a delta replace what came before. */
const PIECEWISE = new Set(['content', 'refusal', 'reasoning_content', 'reasoning']);

export function createChatAssembler(): ChatAssembler {
  const choices = new Map<number, Choice>();
  const extra: JsonObject = {};
  let upstreamId: string | null = null;
  const usage = createUsageReader();

  return {
    add(chunk) {
      upstreamId ??= textOf(chunk['id']) ?? null;
      for (const name of ['system_fingerprint', 'service_tier']) {
        if (chunk[name] !== undefined && chunk[name] !== null) extra[name] = chunk[name];
      }
      usage.add(chunk['usage']);
      for (const choice of chunk['choices'] as unknown[]) if (isObject(choice)) addChoice(choices, choice);
    },
    isFinished: () => choices.size > 0 && [...choices.values()].every((choice) => choice.finishReason !== null),
    answer: () => ({
      choices: [...choices].sort(([left], [right]) => left - right).map(([index, choice]) => closed(index, choice)),
      usage: usage.usage(),
      upstreamId,
      extra,
    }),
  };
}

function addChoice(choices: Map<number, Choice>, piece: JsonObject): void {
  const index = typeof piece['index'] === 'number' ? piece['index'] : 0;
  let choice = choices.get(index);
  if (choice === undefined) {
    choice = { message: { role: 'assistant', content: null }, toolCalls: [], rest: {}, finishReason: null };
    choices.set(index, choice);
  }
  addLogprobs(choice.rest, piece['logprobs']);
  if (isObject(piece['delta'])) addDelta(choice, piece['delta']);
  if (piece['finish_reason'] === 'stop' && choice.toolCalls.length > 0) piece['finish_reason'] = 'tool_calls';
  choice.finishReason = textOf(piece['finish_reason']) ?? choice.finishReason;
}

function addDelta(choice: Choice, delta: JsonObject): void {
  for (const [name, value] of Object.entries(delta)) {
    if (name === 'tool_calls') addToolCalls(choice.toolCalls, value);
    else if (name === 'function_call') addFunction(choice.message, 'function_call', value);
    else if (PIECEWISE.has(name)) addText(choice.message, name, value);
    else if (value !== undefined && value !== null) choice.message[name] = value;
  }
}

function addText(target: JsonObject, name: string, value: unknown): void {
  if (typeof value === 'string') target[name] = (textOf(target[name]) ?? '') + value;
  else target[name] ??= value;
}

function addToolCalls(calls: JsonObject[], pieces: unknown): void {
  if (!Array.isArray(pieces)) return;
  for (const piece of pieces as unknown[]) {
    if (!isObject(piece) || typeof piece['index'] !== 'number') continue;
    const { index, function: called, ...fields } = piece;
    const call = (calls[index] ??= { type: 'function' });
    for (const [name, value] of Object.entries(fields)) if (value !== undefined && value !== null) call[name] = value;
    addFunction(call, 'function', called);
  }
}

function addFunction(target: JsonObject, name: string, piece: unknown): void {
  if (!isObject(piece)) return;
  const called = isObject(target[name]) ? target[name] : { name: '', arguments: '' };
  if (typeof piece['name'] === 'string' && piece['name'] !== '') called['name'] = piece['name'];
  addText(called, 'arguments', piece['arguments'] ?? '');
  target[name] = called;
}

function addLogprobs(rest: JsonObject, piece: unknown): void {
  if (!isObject(piece)) return;
  const known = isObject(rest['logprobs']) ? rest['logprobs'] : {};
  for (const [name, value] of Object.entries(piece)) {
    const before = known[name];
    known[name] = Array.isArray(before) && Array.isArray(value) ? [...(before as unknown[]), ...(value as unknown[])] : value;
  }
  rest['logprobs'] = known;
}

function closed(index: number, choice: Choice): JsonObject {
  const toolCalls = choice.toolCalls.filter(isObject);
  const message = toolCalls.length > 0 ? { ...choice.message, tool_calls: toolCalls } : choice.message;
  return { index, message: { refusal: null, ...message }, logprobs: null, ...choice.rest, finish_reason: choice.finishReason ?? 'stop' };
}
