import { readStored, writeStored } from './preferences';
import { changeLanguage, type Language } from './text';

const STORED = 'atelier.language';

/** As the person chose in this browser, else as the browser says. */
export function firstLanguage(): Language {
  const stored = readStored(STORED);
  if (stored === 'en' || stored === 'zh') return stored;
  return navigator.language.startsWith('zh') ? 'zh' : 'en';
}

export async function chooseLanguage(language: Language): Promise<void> {
  writeStored(STORED, language);
  await changeLanguage(language);
}
