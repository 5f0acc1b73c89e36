import { closeNames } from '../../lib/close-names';

/** `{{name}}` stands for the input of that name; `\{{` for two braces. */
const TOKEN = /\\\{\{|\{\{\s{0,8}([A-Za-z][A-Za-z0-9_-]{0,62})\s{0,8}\}\}|\{\{/g;
const WHOLE = /^\{\{\s{0,8}([A-Za-z][A-Za-z0-9_-]{0,62})\s{0,8}\}\}$/;

/** Names of inputs. */
export const INPUT_NAME = /^[A-Za-z][A-Za-z0-9_-]{0,62}$/;

/** The names that a text's placeholders stand for, in order. */
export function placeholdersIn(text: string): string[] {
  return [...text.matchAll(TOKEN)].flatMap(([, name]) => (name === undefined ? [] : [name]));
}

/** What is wrong with the placeholders of a text; null: nothing. */
export function placeholderFault(text: string, inputs: readonly string[]): string | null {
  for (const [token, name] of text.matchAll(TOKEN)) {
    if (token === '\\{{') continue;
    if (name === undefined) return 'has "{{" that begins no placeholder. Write {{name}} for an input, or \\{{ for two braces.';
    if (!inputs.includes(name)) return `has the placeholder {{${name}}}, and the template has no such input. ${hintFor(name, inputs)}`;
  }
  return null;
}

/** What a misspelt name may have been. */
export function hintFor(name: string, inputs: readonly string[]): string {
  const close = closeNames(name, inputs);
  if (close.length > 0) return `Did you mean ${close.join(' or ')}?`;
  return inputs.length === 0 ? 'It has no inputs.' : `Its inputs: ${inputs.slice(0, 20).join(', ')}.`;
}

/** The text with its placeholders filled, each once: what a value contains is never looked at again. */
export function fillText(text: string, valueOf: (name: string) => string): string {
  return text.replace(TOKEN, (token: string, name: string | undefined) =>
    name !== undefined ? valueOf(name) : token === '\\{{' ? '{{' : token,
  );
}

/** The input that a text is nothing but a placeholder of; null: it is more than that. */
export function wholePlaceholder(text: string): string | null {
  return WHOLE.exec(text)?.[1] ?? null;
}

/** The text as a template's text that renders to it. */
export function escapeText(text: string): string {
  return text.replaceAll('{{', '\\{{');
}

/** All texts inside a value, each with its path: `messages[0].content`. */
export function textsIn(value: unknown, path: string): { readonly path: string; readonly text: string }[] {
  if (typeof value === 'string') return [{ path, text: value }];
  if (Array.isArray(value)) return value.flatMap((member, index) => textsIn(member, `${path}[${String(index)}]`));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, member]) => textsIn(member, `${path}.${key}`));
}

/** A value with every text inside it replaced; a text for which `undefined` comes back is left out of its object or list. */
export function mapTexts(value: unknown, change: (text: string) => unknown): unknown {
  if (typeof value === 'string') return change(value);
  if (Array.isArray(value)) return value.map((member) => mapTexts(member, change)).filter((member) => member !== undefined);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, member]) => [key, mapTexts(member, change)] as const);
  return Object.fromEntries(entries.filter(([, member]) => member !== undefined));
}
