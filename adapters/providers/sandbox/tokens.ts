import { isObject, textOf } from '../shared/json';

const TOKENS_PER_MESSAGE = 3;
const TOKENS_PER_IMAGE = 85;

/** Cuts a text into tokens of at most six letters with the space before them; joined they are the text again. */
export function tokensOf(text: string): readonly string[] {
  return text.match(/\s*\S{1,6}|\s+$/gu) ?? [];
}

/** Tokens of a chat's messages; never more than the bytes of the texts and a few per message and image. */
export function countMessageTokens(messages: readonly { readonly content?: unknown }[]): number {
  return messages.reduce((sum, message) => sum + TOKENS_PER_MESSAGE + countContent(message.content), 0);
}

function countContent(content: unknown): number {
  if (typeof content === 'string') return tokensOf(content).length;
  if (!Array.isArray(content)) return 0;
  return content.filter(isObject).reduce((sum, part) => {
    const text = textOf(part['text']);
    if (text !== undefined) return sum + tokensOf(text).length;
    return sum + (part['type'] === 'image_url' ? TOKENS_PER_IMAGE : 0);
  }, 0);
}

/** The readable text of a message's content. */
export function contentText(content: unknown): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return content
    .filter(isObject)
    .map((part) => textOf(part['text']) ?? '')
    .filter((text) => text !== '')
    .join('\n');
}
