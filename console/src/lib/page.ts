import { useNavigate, useSearch } from '@tanstack/react-router';

/** What the URL holds of a page, as text; empty values are left out of it. */
export type Search = Readonly<Record<string, string | undefined>>;

/** Where a page stands in the rail: its group from the top, its place there, its icon, and the key after `g`. */
export interface Place {
  readonly group: 'create' | 'work' | 'team' | 'control';
  readonly order: number;
  readonly icon: string;
  readonly key?: string;
}

export interface Page<Values extends Search = Search> {
  /** After `/console`; `$team` and other parameters as the router writes them. */
  readonly path: string;
  /** The files of `text/` that the page waits for. */
  readonly text: readonly string[];
  /** The action that whoever opens the page must be allowed; null: it is for everybody who signed in. */
  readonly needs: string | null;
  /** Absent: not in the rail. */
  readonly place?: Place;
  /** Needs nobody to be signed in, and stands without the shell. */
  readonly isOpen?: boolean;
  /** The rail becomes narrow, the page has the window's height and scrolls inside. */
  readonly isWide?: boolean;
  /** Names of the parameters that the URL may hold. */
  readonly search: readonly (keyof Values & string)[];
}

/**
 * Describes a page. Its folder under `pages/` is all that there is to it: `route.ts` (this, loaded with the shell) and `page.tsx` (the
 * component `Page`, loaded when it is opened).
 */
export function definePage<Values extends Search = Search>(page: Page<Values>): Page<Values> {
  return page;
}

/** What changes of the URL's values; undefined takes one out. */
type Change<Values> = { readonly [Name in keyof Values]?: Values[Name] | undefined };

/** The page's state in the URL, and how to change it. A change replaces the entry of the history unless it says `push`. */
export function usePageSearch<Values extends Search>(
  _page: Page<Values>,
): readonly [Values, (change: Change<Values>, how?: 'push' | 'replace') => void] {
  const values = useSearch({ strict: false }) as Values;
  const navigate = useNavigate();
  const change = (next: Change<Values>, how: 'push' | 'replace' = 'replace'): void => {
    void navigate({ to: '.', search: (before: object) => ({ ...before, ...next }), replace: how === 'replace', resetScroll: false });
  };
  return [values, change];
}

/** Keeps what the page knows; what else stands in a link is not an error. */
export function keptSearch(page: Page, raw: Readonly<Record<string, unknown>>): Search {
  const known = page.search.flatMap((name) => {
    const value = raw[name];
    return typeof value === 'string' && value !== '' ? [[name, value.slice(0, 2_000)] as const] : [];
  });
  return Object.fromEntries(known);
}

/** "?status=failed&q=tea": plain text, so that people can read and write it. */
export function writeSearch(values: Readonly<Record<string, unknown>>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) if (typeof value === 'string' && value !== '') query.set(name, value);
  const text = query.toString();
  return text === '' ? '' : `?${text}`;
}

export function readSearch(text: string): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(text));
}
