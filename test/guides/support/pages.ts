import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const FOLDER = join(__dirname, '../../../docs/guides');

export const LANGUAGES = ['en', 'zh'] as const;
export type Language = (typeof LANGUAGES)[number];

/**
 * A piece of code in a guide. What follows a fence's language says what the test does with it:
 *
 * | words | meaning |
 * | --- | --- |
 * | `run` | it is run, in the order of the page, and has to succeed |
 * | `run background` | it is started, and stopped after the page's last snippet; the next one waits for `expect` |
 * | `file=NAME` | it is written to NAME, for a later snippet |
 * | `expect="TEXT"` | what it prints contains TEXT |
 * | `needs=go` | it is run where that language is on the machine |
 * | `skip="WHY"` | the test cannot run it: WHY |
 * | `check=NAME` | it is data, which the check NAME looks at |
 *
 * A fence without a language is what a command prints.
 */
export interface Snippet {
  readonly language: string;
  readonly code: string;
  /** Where it begins in its page, from 1. */
  readonly line: number;
  readonly runs: boolean;
  readonly isBackground: boolean;
  readonly file: string | null;
  readonly expect: string | null;
  /** A language that it needs beside its own. */
  readonly needs: string | null;
  readonly skip: string | null;
  readonly check: string | null;
}

/** Names of the guides in one language, without `.md`. */
export function guidesIn(language: Language): readonly string[] {
  return readdirSync(join(FOLDER, language))
    .filter((name) => name.endsWith('.md'))
    .map((name) => name.slice(0, -'.md'.length))
    .sort();
}

export function readGuide(language: Language, slug: string): string {
  return readFileSync(join(FOLDER, language, `${slug}.md`), 'utf8');
}

/** Snippets of a page in their order. @throws Error when a fence has no end */
export function snippetsOf(markdown: string): readonly Snippet[] {
  const lines = markdown.split('\n');
  const found: Snippet[] = [];
  for (let at = 0; at < lines.length; at += 1) {
    const open = /^```(\w*) *(.*)$/.exec(lines[at] ?? '');
    if (open === null) continue;
    const end = lines.indexOf('```', at + 1);
    if (end === -1) throw new Error(`The code that begins in line ${String(at + 1)} has no end.`);
    const [, language = '', info = ''] = open;
    if (language !== '') found.push(snippet(language, info, `${lines.slice(at + 1, end).join('\n')}\n`, at + 1));
    at = end;
  }
  return found;
}

function snippet(language: string, info: string, code: string, line: number): Snippet {
  const words = info.replace(/"[^"]*"/g, '').split(' ');
  const valueOf = (name: string): string | null => {
    const match = new RegExp(`(?:^| )${name}=(?:"([^"]*)"|(\\S+))`).exec(info);
    return match === null ? null : (match[1] ?? match[2] ?? null);
  };
  return {
    language,
    code,
    line,
    runs: words.includes('run'),
    isBackground: words.includes('background'),
    file: valueOf('file'),
    expect: valueOf('expect'),
    needs: valueOf('needs'),
    skip: valueOf('skip'),
    check: valueOf('check'),
  };
}
