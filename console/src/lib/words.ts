/** What a text file holds: texts by name, in groups of any depth. */
export interface Words {
  readonly [name: string]: string | Words;
}

const plurals = { en: new Intl.PluralRules('en'), zh: new Intl.PluralRules('zh') };

/**
 * The text of a key with values put in. A `count` chooses the form: `key_one` or `key_other`. A text that is missing is its key, which
 * says more than nothing and breaks no page.
 */
export function wordsIn(
  words: Words | undefined,
  language: 'en' | 'zh',
  key: string,
  values: Readonly<Record<string, string | number>> = {},
): string {
  const { count } = values;
  const form = typeof count === 'number' ? at(words, `${key}_${plurals[language].select(count)}`) : undefined;
  const text = form ?? at(words, key);
  if (text === undefined) return key;
  return text.replace(/\{\{(\w+)\}\}/g, (hole, name: string) => (Object.hasOwn(values, name) ? String(values[name]) : hole));
}

function at(words: Words | undefined, key: string): string | undefined {
  let found: string | Words | undefined = words;
  for (const name of key.split('.')) {
    if (typeof found !== 'object' || !Object.hasOwn(found, name)) return undefined;
    found = found[name];
  }
  return typeof found === 'string' ? found : undefined;
}
