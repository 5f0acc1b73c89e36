import { isObject, textOf, type JsonObject } from '../../shared/json';

/** What a `content` that came as parts holds, as a delta's own fields. */
export interface Parts {
  readonly text: string;
  readonly reasoning: string;
  readonly refusal: string;
  /** All parts but reasoning and refusal, in order, when some are no text; else null: `text` says it all. */
  readonly others: readonly unknown[] | null;
}

/** Reads content parts: text, output_text, thinking, reasoning, refusal, and any others. Clients expect `content` to be text. */
export function readParts(parts: readonly unknown[]): Parts {
  let [text, reasoning, refusal] = ['', '', ''];
  const shown: unknown[] = [];
  let isPlain = true;
  for (const part of parts) {
    const type = isObject(part) ? part['type'] : 'text';
    if (isObject(part) && (type === 'thinking' || type === 'reasoning')) {
      reasoning += wordsOf(part[type] ?? part['text']);
    } else if (isObject(part) && type === 'refusal') {
      refusal += wordsOf(part['refusal']);
    } else {
      const words = plainText(part);
      isPlain &&= words !== undefined;
      text += words ?? '';
      shown.push(words === undefined ? part : { type: 'text', text: words });
    }
  }
  return { text, reasoning, refusal, others: isPlain ? null : shown };
}

/** Adds parts to those that came before: adjoining texts are one. */
export function appendParts(list: JsonObject[], parts: readonly unknown[]): void {
  for (const part of parts) {
    const last = list.at(-1);
    const words = plainText(part);
    if (words === undefined) list.push(part as JsonObject);
    else if (words !== '' && last?.['type'] === 'text') last['text'] = (textOf(last['text']) ?? '') + words;
    else if (words !== '') list.push({ type: 'text', text: words });
  }
}

/** The text of a part that holds nothing else. */
function plainText(part: unknown): string | undefined {
  if (typeof part === 'string') return part;
  if (!isObject(part) || typeof part['text'] !== 'string') return undefined;
  const { type, text, index: _index, ...rest } = part;
  const isText = type === 'text' || type === 'output_text' || type === undefined;
  return isText && Object.values(rest).every(isNothing) ? text : undefined;
}

function wordsOf(value: unknown): string {
  if (typeof value === 'string') return value;
  return Array.isArray(value) ? value.map((part) => (isObject(part) ? wordsOf(part['text']) : wordsOf(part))).join('') : '';
}

function isNothing(value: unknown): boolean {
  if (value === null || value === undefined || value === '') return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}
