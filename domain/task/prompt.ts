import type { ChatMessage, GenerationInput } from './generation';

/**
 * What a generation is asked for in words: the prompt of an image or video, the last words of the user in a chat, the text of an embedding, a
 * moderation or a speech; null for none. The function `prompt_of` of the database reads the same of a row.
 */
export function promptOf(input: GenerationInput): string | null {
  switch (input.operation) {
    case 'image':
    case 'video':
      return input.prompt;
    case 'chat':
      return wordsOf(input.messages.findLast(({ role }) => role === 'user'));
    case 'embedding':
    case 'moderation':
    case 'speech':
      return typeof input.input === 'string' ? input.input : null;
    case 'transcription':
      return null;
  }
}

function wordsOf(message: ChatMessage | undefined): string | null {
  const content = message?.content;
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return null;
  const texts = (content as readonly unknown[]).map((part) => (part as { readonly text?: unknown } | null)?.text);
  return texts.filter((text) => typeof text === 'string').join(' ');
}
