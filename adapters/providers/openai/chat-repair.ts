import { isObject, type JsonObject } from '../shared/json';

/**
 * What OpenAI-compatible servers leave out and clients rely on: the index and id of tool calls, and the finish reason of an answer
 * that calls tools. Objects are changed in place: they were just parsed and belong to nobody else.
 */
export function repairChoice(choice: JsonObject): void {
  const message = choice['message'];
  const calls = isObject(message) ? message['tool_calls'] : undefined;
  if (!Array.isArray(calls) || calls.length === 0) return;
  if (choice['finish_reason'] === 'stop') choice['finish_reason'] = 'tool_calls';
  calls.forEach((call: unknown, index) => {
    if (isObject(call) && (typeof call['id'] !== 'string' || call['id'] === '')) call['id'] = `call_${index}`;
  });
}

/** The same for one chunk of a stream; a usage that sits in a choice, or where Groq puts it, is moved to where it belongs. */
export function repairChunk(chunk: JsonObject): void {
  if (isObject(chunk['x_groq']) && isObject(chunk['x_groq']['usage'])) chunk['usage'] ??= chunk['x_groq']['usage'];
  for (const choice of chunk['choices'] as unknown[]) {
    if (!isObject(choice)) continue;
    choice['index'] ??= 0;
    choice['delta'] ??= {};
    choice['finish_reason'] ??= null;
    if (isObject(choice['usage'])) chunk['usage'] ??= choice['usage'];
    const delta = choice['delta'];
    if (isObject(delta) && Array.isArray(delta['tool_calls'])) repairToolCalls(delta['tool_calls']);
  }
}

function repairToolCalls(calls: readonly unknown[]): void {
  calls.forEach((call, position) => {
    if (!isObject(call)) return;
    if (typeof call['index'] !== 'number') call['index'] = position;
    // Only the first piece of a call names its function: that one must bring the id.
    const named = isObject(call['function']) && typeof call['function']['name'] === 'string' && call['function']['name'] !== '';
    if (named && (typeof call['id'] !== 'string' || call['id'] === '')) call['id'] = `call_${String(call['index'])}`;
  });
}
