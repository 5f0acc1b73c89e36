import type { ItemChange, ItemRequest } from '../../api/campaign-items';

/** What a form shows of an item: texts, as a person writes them. */
export interface ItemWords {
  /** Null: what it asks for is no single text. */
  readonly prompt: string | null;
  readonly negative: string;
  /** Values of `output` that are texts, figures or yes and no. */
  readonly output: Readonly<Record<string, string>>;
}

/** An item as its form shows it. */
export function wordsOf({ type, input, output }: ItemRequest): ItemWords {
  const negative = input['negative_prompt'];
  const shown = Object.entries(output).filter(([, value]) => ['string', 'number', 'boolean'].includes(typeof value));
  return {
    prompt: type === 'text' ? soleMessage(input['messages']) : textOf(input['prompt']),
    negative: textOf(negative),
    output: Object.fromEntries(shown.map(([name, value]) => [name, String(value)])),
  };
}

/** What is different now; null: nothing is. A setting that was emptied is given no more. */
export function changeOf(item: ItemRequest, words: ItemWords): ItemChange | null {
  const before = wordsOf(item);
  const output = Object.fromEntries(
    Object.entries(words.output)
      .filter(([name, value]) => value !== before.output[name])
      .map(([name, value]) => [name, typedLike(item.output[name], value.trim())]),
  );
  const input = {
    ...(words.prompt === before.prompt ? {} : { prompt: words.prompt }),
    ...(words.negative === before.negative ? {} : { negative_prompt: words.negative === '' ? null : words.negative }),
  };
  const change = {
    ...(Object.keys(input).length === 0 ? {} : { input }),
    ...(Object.keys(output).length === 0 ? {} : { output }),
  };
  return Object.keys(change).length === 0 ? null : change;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function soleMessage(messages: unknown): string | null {
  if (!Array.isArray(messages) || messages.length !== 1) return null;
  const [only] = messages as readonly { readonly role?: unknown; readonly content?: unknown }[];
  return only?.role === 'user' && typeof only.content === 'string' ? only.content : null;
}

/** A figure stays a figure; what can't be read as one goes as it is, and the API says what is wrong with it. */
function typedLike(before: unknown, value: string): unknown {
  if (value === '') return null;
  if (typeof before === 'number' && !Number.isNaN(Number(value))) return Number(value);
  if (typeof before === 'boolean' && (value === 'true' || value === 'false')) return value === 'true';
  return value;
}
