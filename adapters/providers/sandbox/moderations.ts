import { NO_USAGE, type ModerationInput } from '../../../domain/task/generation';
import type { ModerationAnswer, ModerationCall } from '../../../domain/provider/provider';
import { textOf, type JsonObject } from '../shared/json';
import { misbehaveWhole } from './misbehave';
import { tokensOf } from './tokens';

/** Words that the sandbox takes offence at, by OpenAI's categories; the others never are. */
const WORDS: Readonly<Record<string, RegExp | null>> = {
  harassment: /\b(idiot|stupid)\b/i,
  'harassment/threatening': /\b(threaten|beat you)\b/i,
  hate: /\bhate\b/i,
  'hate/threatening': null,
  illicit: /\b(steal|smuggle)\b/i,
  'illicit/violent': null,
  'self-harm': /\b(suicide|self-harm)\b/i,
  'self-harm/intent': null,
  'self-harm/instructions': null,
  sexual: /\b(naked|sex)\b/i,
  'sexual/minors': null,
  violence: /\b(kill|murder|attack)\b/i,
  'violence/graphic': /\b(blood|gore)\b/i,
};

/** Flags texts by a few words; images are never flagged. */
export async function moderate(call: ModerationCall): Promise<ModerationAnswer> {
  await misbehaveWhole(call, 'sandbox-moderation');
  const items = itemsOf(call.input.input);
  const inputTokens = items.reduce((sum, { text }) => sum + tokensOf(text).length, 0);
  return {
    results: items.map(resultOf),
    usage: { usage: { ...NO_USAGE, inputTokens }, original: { prompt_tokens: inputTokens, total_tokens: inputTokens } },
    upstreamId: null,
    extra: {},
  };
}

interface Item {
  readonly text: string;
  readonly types: readonly string[];
}

/** Each text for itself; parts are one input together. */
function itemsOf(input: ModerationInput['input']): readonly Item[] {
  if (typeof input === 'string') return [{ text: input, types: ['text'] }];
  const texts = input.filter((item) => typeof item === 'string');
  if (texts.length > 0) return texts.map((text) => ({ text, types: ['text'] }));
  const parts = input as readonly JsonObject[];
  const text = parts.map((part) => textOf(part['text']) ?? '').join('\n');
  return [{ text, types: [...new Set(parts.map((part) => (part['type'] === 'image_url' ? 'image' : 'text')))] }];
}

function resultOf({ text, types }: Item): JsonObject {
  const hits = Object.entries(WORDS).map(([category, words]) => [category, words?.test(text) === true] as const);
  return {
    flagged: hits.some(([, isHit]) => isHit),
    categories: Object.fromEntries(hits),
    category_scores: Object.fromEntries(hits.map(([category, isHit]) => [category, isHit ? 0.98 : 0.01])),
    category_applied_input_types: Object.fromEntries(hits.map(([category]) => [category, types])),
  };
}
