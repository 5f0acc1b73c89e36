import { useCallback, useEffect, useSyncExternalStore } from 'react';
import { wordsIn, type Words } from './words';

export type Language = 'en' | 'zh';
export const LANGUAGES: readonly Language[] = ['en', 'zh'];

type Leaf<Keys extends string> = Keys extends `${infer Base}_one` | `${infer Base}_other` ? Base : Keys;
/** Keys of a text file: "states.empty"; forms of a plural count as one. */
export type KeysOf<File> = {
  [Name in keyof File & string]: File[Name] extends string ? Leaf<Name> : `${Name}.${KeysOf<File[Name]>}`;
}[keyof File & string];

/** The text of a key; `count` chooses the form of a plural. */
export type Text<File> = (key: KeysOf<File>, values?: Readonly<Record<string, string | number>>) => string;

const files = import.meta.glob<Words>('../text/*/*.json', { import: 'default' });

const EVERYWHERE = ['common', 'errors'];

/** What was loaded, by "en/common". */
const loaded = new Map<string, Words>();
const wanted = new Set(EVERYWHERE);
const listeners = new Set<() => void>();
let language: Language = 'en';
let version = 0;

/** Starts with the texts that every page needs. */
export const startText = changeLanguage;

export async function loadTexts(names: readonly string[]): Promise<void> {
  for (const name of names) wanted.add(name);
  await loadIn(language, names);
}

/** The page goes on in the language it had until all its texts are there in the other. */
export async function changeLanguage(next: Language): Promise<void> {
  await loadIn(next, [...wanted]);
  language = next;
  // What the page is written in: fonts, line heights and screen readers follow.
  document.documentElement.lang = next === 'zh' ? 'zh-CN' : 'en';
  tell();
}

async function loadIn(asked: Language, names: readonly string[]): Promise<void> {
  const missing = names.filter((name) => !loaded.has(`${asked}/${name}`));
  await Promise.all(
    missing.map(async (name) => {
      const load = files[`../text/${asked}/${name}.json`];
      if (load === undefined) throw new Error(`There is no text file ${asked}/${name}.`);
      loaded.set(`${asked}/${name}`, await load());
    }),
  );
  if (missing.length > 0) tell();
}

function tell(): void {
  version += 1;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The language of the page; the component is drawn anew when it changes. */
export const useLanguage = (): Language => useSyncExternalStore(subscribe, () => language);

/**
 * The words of a file of `text/`.
 * @example
 * import type words from '../../text/en/tasks.json';
 * const text = useText<typeof words>('tasks');
 * text('empty.title');
 */
export function useText<File>(name: string): Text<File> {
  useSyncExternalStore(subscribe, () => version);
  const texts = loaded.get(`${language}/${name}`);
  // A file that no page waited for comes with the component that speaks it.
  useEffect(() => {
    if (texts === undefined) void loadTexts([name]);
  }, [texts, name]);
  return useCallback((key, values) => wordsIn(texts, language, key as string, values), [texts]);
}
