import type { ChatAnswer, ChatChunk } from '../../../../domain/provider/provider';
import { isObject, textOf, type JsonObject } from '../../shared/json';
import { createUsageReader } from '../usage';
import { createChoice, type Choice } from './choice';

/**
 * A chat answer while it comes: one state machine that repairs what servers leave out or say in their own way, hands the repaired
 * chunks on, and puts the whole answer together from the same pieces. What was streamed therefore equals what is stored.
 */
export interface Completion {
  /** Takes a chunk in; returns it as clients expect it, null when it holds nothing for them yet. */
  add(chunk: JsonObject): ChatChunk | null;
  /** Takes an answer that came whole; returns it as one chunk. */
  addWhole(body: JsonObject): ChatChunk | null;
  /** The last chunk: what was held back and finish reasons that did not come; null when nothing is missing. */
  close(): ChatChunk | null;
  /** Every choice that began has its finish reason, and at least one did. */
  isFinished(): boolean;
  hasChoices(): boolean;
  answer(): ChatAnswer;
}

/** Fields of an answer that are not handed on as they are. `obfuscation` is padding against listeners on the provider's line. */
const OWN = new Set(['id', 'object', 'created', 'model', 'choices', 'usage', 'error', 'obfuscation']);

export function createCompletion(): Completion {
  const choices = new Map<number, Choice>();
  const extra: JsonObject = {};
  let upstreamId: string | null = null;
  const usage = createUsageReader();

  function take(body: JsonObject, isWhole: boolean): ChatChunk | null {
    upstreamId ??= textOf(body['id']) ?? null;
    const shown: JsonObject = {};
    let hasFields = false;
    for (const name of Object.keys(body)) {
      const value = body[name];
      if (OWN.has(name) || value === null || value === undefined) continue;
      extra[name] = shown[name] = value;
      hasFields ||= !isWhole && name !== 'system_fingerprint' && name !== 'service_tier';
    }
    const list: JsonObject[] = [];
    const pieces = body['choices'];
    if (Array.isArray(pieces)) {
      (pieces as unknown[]).forEach((piece, position) => {
        if (!isObject(piece)) return;
        if (isObject(piece['usage'])) body['usage'] ??= piece['usage'];
        const index = typeof piece['index'] === 'number' ? piece['index'] : position;
        const handedOn = choiceAt(isWhole && choices.has(index) ? choices.size : index).add(piece, isWhole);
        if (handedOn !== null) list.push(handedOn);
      });
    }
    // Where Groq puts it.
    if (isObject(body['x_groq'])) body['usage'] ??= body['x_groq']['usage'];
    if (isObject(body['usage'])) usage.add((shown['usage'] = body['usage']));
    if (list.length === 0 && !hasFields && shown['usage'] === undefined) return null;
    shown['choices'] = list;
    return shown as unknown as ChatChunk;
  }

  function choiceAt(index: number): Choice {
    let choice = choices.get(index);
    if (choice === undefined) choices.set(index, (choice = createChoice(index)));
    return choice;
  }

  return {
    add: (chunk) => take(chunk, false),
    addWhole: (body) => take(body, true),
    close() {
      const list = [...choices.values()].map((choice) => choice.close()).filter((choice) => choice !== null);
      return list.length === 0 ? null : ({ choices: list } as unknown as ChatChunk);
    },
    isFinished: () => choices.size > 0 && [...choices.values()].every((choice) => choice.hasFinished()),
    hasChoices: () => choices.size > 0,
    answer: () => ({
      choices: [...choices].sort(([left], [right]) => left - right).map(([, choice]) => choice.whole()),
      usage: usage.usage(),
      upstreamId,
      extra,
    }),
  };
}
