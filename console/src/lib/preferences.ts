import { useSyncExternalStore } from 'react';
import { wipeKept } from './kept';

/**
 * What the browser remembers. Names that begin with `atelier.` are of the browser (theme, language), those with `atelier/` of a person
 * and a team; these are wiped at sign-out. No key, token or signed link is ever kept.
 */
const listeners = new Set<() => void>();

export function readStored(name: string): string | null {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}

export function writeStored(name: string, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(name);
    else localStorage.setItem(name, value);
  } catch {
    // Storage that is full or switched off: what was chosen holds until the page is left.
  }
  lookAgain();
}

/** Shows what is remembered now, whoever changed it. */
export function lookAgain(): void {
  for (const listener of listeners) listener();
}

/** All that is remembered under names that begin so: what follows in the name, and the value; the same text while nothing has changed. */
export function readStoredUnder(prefix: string): string {
  try {
    const names = Object.keys(localStorage).filter((name) => name.startsWith(prefix));
    return JSON.stringify(names.sort().map((name) => [name.slice(prefix.length), readStored(name)]));
  } catch {
    return '[]';
  }
}

/** What this tab alone remembers, through reloads. */
export function readInTab(name: string): string | null {
  try {
    return sessionStorage.getItem(name);
  } catch {
    return null;
  }
}

export function writeInTab(name: string, value: string | null): void {
  try {
    if (value === null) sessionStorage.removeItem(name);
    else sessionStorage.setItem(name, value);
  } catch {
    // As above.
  }
}

/** Drafts, views and conversations of people. */
export function wipePersonal(): void {
  wipeKept();
  try {
    for (const storage of [localStorage, sessionStorage])
      for (const name of Object.keys(storage)) if (name.startsWith('atelier/')) storage.removeItem(name);
  } catch {
    // Nothing is kept where nothing can be.
  }
}

export const personalName = (user: string, team: string, what: string): string => `atelier/${user}/${team}/${what}`;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  window.addEventListener('storage', listener);
  return () => {
    listeners.delete(listener);
    window.removeEventListener('storage', listener);
  };
}

export function useStored(name: string): readonly [string | null, (value: string | null) => void] {
  const value = useSyncExternalStore(subscribe, () => readStored(name));
  return [value, (next) => writeStored(name, next)];
}

export function useStoredUnder(prefix: string): string {
  return useSyncExternalStore(subscribe, () => readStoredUnder(prefix));
}

export type Theme = 'system' | 'light' | 'dark';

export function useTheme(): readonly [Theme, (theme: Theme) => void] {
  const [stored, store] = useStored('atelier.theme');
  const theme = stored === 'light' || stored === 'dark' ? stored : 'system';
  return [
    theme,
    (next) => {
      if (next === 'system') delete document.documentElement.dataset['theme'];
      else document.documentElement.dataset['theme'] = next;
      store(next === 'system' ? null : next);
    },
  ];
}
