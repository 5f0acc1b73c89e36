import { isObject, type JsonObject } from '../../shared/json';
import { appendParts, readParts } from './content';
import { finishReasonOf } from './finish-reason';
import { fold, joinBase64 } from './fold';
import { createToolCalls, type ToolCalls } from './tool-calls';

/** One choice of an answer while it comes. */
export interface Choice {
  /** Takes a piece in; returns what to hand on of it, null for nothing. */
  add(piece: JsonObject, isWhole: boolean): JsonObject | null;
  /** What was held back, and the finish reason when none came or it does not fit; null when nothing is missing. */
  close(): JsonObject | null;
  hasFinished(): boolean;
  /** As in a whole answer. */
  whole(): JsonObject;
}

const TEXT = new Set(['refusal', 'reasoning_content', 'reasoning']);

export function createChoice(index: number): Choice {
  const message: JsonObject = {};
  const rest: JsonObject = {};
  const calls: ToolCalls = createToolCalls();
  const audio: string[] = [];
  let text: string | null = null;
  let parts: JsonObject[] | null = null;
  let called: { name: string; arguments: string; isShown: boolean } | null = null;
  let reason: string | null = null;
  let shownReason: string | null = null;
  let hasBegun = false;
  let hasCalls = false;

  function addContent(value: unknown, out: JsonObject): void {
    if (!Array.isArray(value)) {
      if (typeof value !== 'string') out['content'] ??= null;
      else if (parts !== null) appendParts(parts, [value]);
      else text = (text ?? '') + value;
      if (typeof value === 'string') out['content'] = value;
      return;
    }
    const read = readParts(value);
    addText('reasoning_content', read.reasoning, out);
    addText('refusal', read.refusal, out);
    if (read.others === null) {
      if (read.text !== '' || (read.reasoning === '' && read.refusal === '')) addContent(read.text, out);
      return;
    }
    parts ??= text === null || text === '' ? [] : [{ type: 'text', text }];
    appendParts(parts, read.others);
    out['content'] = read.others;
  }

  function addText(name: string, piece: string, out: JsonObject): void {
    if (piece === '') return;
    const before = message[name];
    message[name] = typeof before === 'string' ? before + piece : piece;
    const beside = out[name];
    out[name] = typeof beside === 'string' ? beside + piece : piece;
  }

  function addCalls(handedOn: readonly JsonObject[], out: JsonObject): void {
    if (handedOn.length === 0) return;
    hasCalls = true;
    const before = out['tool_calls'];
    out['tool_calls'] = Array.isArray(before) ? [...(before as unknown[]), ...handedOn] : handedOn;
  }

  /** The older form of a tool call, which some servers send empty beside everything else. */
  function addFunctionCall(piece: unknown, out: JsonObject): void {
    if (!isObject(piece)) return;
    const name = typeof piece['name'] === 'string' ? piece['name'] : '';
    const given = piece['arguments'] ?? '';
    const added = typeof given === 'string' ? given : JSON.stringify(given);
    if (name === '' && added === '') return;
    called ??= { name: '', arguments: '', isShown: false };
    if (called.name === '') called.name = name;
    called.arguments += added;
    if (called.isShown) out['function_call'] = { arguments: added };
    else if (called.name !== '') out['function_call'] = { name: called.name, arguments: called.arguments };
    called.isShown ||= called.name !== '';
  }

  function addField(name: string, value: unknown, out: JsonObject, isWhole: boolean): void {
    if (value === undefined) return;
    out[name] = value;
    if (TEXT.has(name) && typeof value === 'string') {
      const before = message[name];
      message[name] = typeof before === 'string' ? before + value : value;
    } else if (name === 'audio' && isObject(value)) {
      const { data, ...facts } = value;
      if (typeof data === 'string') audio.push(data);
      fold(message, name, facts);
    } else if (value === null && isWhole) message[name] = null;
    else fold(message, name, value);
  }

  function addDelta(delta: JsonObject, isWhole: boolean): JsonObject {
    const out: JsonObject = hasBegun ? {} : { role: 'assistant' };
    for (const name of Object.keys(delta)) {
      if (name === 'content') addContent(delta['content'], out);
      else if (name === 'tool_calls') addCalls(isWhole ? calls.addWhole(delta[name]) : calls.add(delta[name]), out);
      else if (name === 'function_call') addFunctionCall(delta[name], out);
      else if (name !== 'role') addField(name, delta[name], out, isWhole);
    }
    return out;
  }

  /** An answer that calls tools ends because of them, whatever the server says. */
  function fitting(given: string): string {
    if (given !== 'stop' && given !== 'function_call') return given;
    if (hasCalls) return 'tool_calls';
    return called?.isShown === true ? 'function_call' : given;
  }

  function show(shown: JsonObject, hasFacts: boolean, finish: string | null): JsonObject | null {
    const isNew = finish !== null && finish !== shownReason;
    if (isNew) shown['finish_reason'] = shownReason = finish;
    if (!isNew && !hasFacts && hasBegun && isEmpty(shown['delta'] as JsonObject)) return null;
    hasBegun = true;
    return shown;
  }

  return {
    add(piece, isWhole) {
      const given = isObject(piece['delta']) ? piece['delta'] : piece['message'];
      const delta = addDelta(isObject(given) ? given : {}, isWhole);
      const shown: JsonObject = { index, delta, finish_reason: null };
      let hasFacts = false;
      for (const name of Object.keys(piece)) {
        if (name === 'index' || name === 'delta' || name === 'message' || name === 'finish_reason' || name === 'usage') continue;
        const fact = (shown[name] = piece[name]);
        if (fact === null || fact === undefined) continue;
        hasFacts = true;
        fold(rest, name, fact, false);
      }
      reason = finishReasonOf(piece['finish_reason']) ?? reason;
      if (reason !== null) addCalls(calls.flush(), delta);
      return show(shown, hasFacts, reason === null ? null : fitting(reason));
    },
    close() {
      const delta: JsonObject = {};
      addCalls(calls.flush(), delta);
      reason ??= 'stop';
      return show({ index, delta, finish_reason: null }, false, fitting(reason));
    },
    hasFinished: () => reason !== null,
    whole() {
      const content = parts ?? text;
      const toolCalls = calls.all();
      const spoken = isObject(message['audio']) && audio.length > 0 ? { audio: { ...message['audio'], data: joinBase64(audio) } } : {};
      return {
        index,
        message: {
          role: 'assistant',
          content,
          refusal: null,
          ...message,
          ...spoken,
          ...(called?.isShown === true ? { function_call: { name: called.name, arguments: called.arguments } } : {}),
          ...(toolCalls.length > 0 ? { tool_calls: toolCalls } : {}),
        },
        logprobs: null,
        ...rest,
        finish_reason: fitting(reason ?? 'stop'),
      };
    },
  };
}

function isEmpty(object: JsonObject): boolean {
  for (const _name in object) return false;
  return true;
}
