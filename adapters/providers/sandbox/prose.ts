import type { Chance } from './chance';

const OPENINGS = ['Here is a draft on', 'A first thought on', 'Notes on', 'A short answer to'] as const;
const SENTENCES = [
  (one: string) => `Start with ${one}: it is what people will remember.`,
  (one: string, two: string) => `Set ${one} against ${two} and let the contrast carry the idea.`,
  (one: string) => `Keep the light soft around ${one}, and the words few.`,
  (one: string, two: string) => `Nobody has seen ${one} next to ${two} like this before.`,
  (one: string) => `Give ${one} room to breathe; leave the rest to the image.`,
  (one: string, two: string) => `From ${one} it is only one step to ${two}.`,
  (one: string) => `End on ${one}, quietly.`,
] as const;
const CLOSING = 'This text comes from the sandbox: it is free and the same every time.';
const MOST_WORDS = 4_000;
/** Characters of a prompt that are looked at for words. */
const MOST_READ = 20_000;

/** A readable answer to a prompt, as long as it asks for ("200 words"), else a few sentences. */
export function proseOn(prompt: string, chance: Chance): string {
  const words = keywordsOf(prompt);
  const word = (): string => chance.pick(words);
  const sentences = [`${chance.pick(OPENINGS)} “${excerpt(prompt)}”.`];
  const wanted = Number(/\b(\d{1,5})[- ]words?\b/i.exec(prompt)?.[1] ?? 0);
  const most = Math.min(wanted, MOST_WORDS);
  const isLongEnough = (): boolean => (wanted > 0 ? wordCount(sentences) >= most : sentences.length >= 4);
  while (!isLongEnough()) sentences.push(chance.pick(SENTENCES)(word(), word()));
  if (wanted === 0) sentences.push(CLOSING);
  return wanted === 0
    ? sentences.join(' ')
    : `${sentences
        .join(' ')
        .split(' ')
        .slice(0, most)
        .join(' ')
        .replace(/[.,:;]$/, '')}.`;
}

/** The longer words of a text, each once; never empty. */
export function keywordsOf(text: string): readonly [string, ...string[]] {
  const found = [...new Set(text.slice(0, MOST_READ).match(/[\p{L}\p{N}]{4,24}/gu) ?? [])].slice(0, 40);
  const [first = 'the idea', ...rest] = found;
  return [first, ...rest];
}

/** The beginning of a text on one line. */
export function excerpt(text: string, longest = 120): string {
  const characters = Array.from(text.slice(0, MOST_READ).replace(/\s+/g, ' ').trim());
  return characters.length > longest ? `${characters.slice(0, longest - 1).join('')}…` : characters.join('');
}

function wordCount(sentences: readonly string[]): number {
  return sentences.reduce((sum, sentence) => sum + sentence.split(' ').length, 0);
}
