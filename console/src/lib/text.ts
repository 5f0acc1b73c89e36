import i18next, { type ResourceLanguage } from 'i18next';
import { useCallback } from 'react';
import { initReactI18next, useTranslation } from 'react-i18next';

export type Language = 'en' | 'zh';
export const LANGUAGES: readonly Language[] = ['en', 'zh'];

type Leaf<Keys extends string> = Keys extends `${infer Base}_one` | `${infer Base}_other` ? Base : Keys;
/** Keys of a text file: "states.empty"; forms of a plural count as one. */
export type KeysOf<File> = {
  [Name in keyof File & string]: File[Name] extends string ? Leaf<Name> : `${Name}.${KeysOf<File[Name]>}`;
}[keyof File & string];

/** The text of a key; `count` chooses the form of a plural. */
export type Text<File> = (key: KeysOf<File>, values?: Readonly<Record<string, string | number>>) => string;

const files = import.meta.glob<ResourceLanguage>('../text/*/*.json', { import: 'default' });

/** Starts with the texts that every page needs. */
export async function startText(language: Language): Promise<void> {
  await i18next
    .use({
      type: 'backend',
      read: (lng: string, name: string, done: (error: unknown, texts: ResourceLanguage | null) => void) => {
        const load = files[`../text/${lng}/${name}.json`];
        if (load === undefined) done(new Error(`There is no text file ${lng}/${name}.`), null);
        else
          load().then(
            (texts) => done(null, texts),
            (error: unknown) => done(error, null),
          );
      },
    })
    .use(initReactI18next)
    .init({
      lng: language,
      fallbackLng: false,
      ns: ['common', 'errors'],
      defaultNS: 'common',
      interpolation: { escapeValue: false },
      returnNull: false,
      react: { useSuspense: false },
    });
  markLanguage(language);
}

export async function loadTexts(names: readonly string[]): Promise<void> {
  await i18next.loadNamespaces(names);
}

export async function changeLanguage(language: Language): Promise<void> {
  await i18next.changeLanguage(language);
  markLanguage(language);
}

/** What the page is written in: fonts, line heights and screen readers follow. */
function markLanguage(language: Language): void {
  document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
}

/** The language of the page; the component is drawn anew when it changes. */
export function useLanguage(): Language {
  const { i18n } = useTranslation();
  return i18n.language === 'zh' ? 'zh' : 'en';
}

/**
 * The words of a file of `text/`.
 * @example
 * import type words from '../../text/en/tasks.json';
 * const text = useText<typeof words>('tasks');
 * text('empty.title');
 */
export function useText<File>(name: string): Text<File> {
  const { t } = useTranslation(name);
  return useCallback((key, values) => t(key as string, { ...values }), [t]);
}
