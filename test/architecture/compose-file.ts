import { parse } from 'yaml';
import { readText } from './support';

export interface Service {
  readonly image?: string;
  readonly build?: string;
  readonly command?: readonly string[];
  readonly entrypoint?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly volumes?: readonly string[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck?: unknown;
  readonly ports?: readonly string[];
}

export interface ComposeFile {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
}

export function composeFile(): ComposeFile {
  return parse(readText('docker-compose.yml'), { merge: true }) as ComposeFile;
}

/** `${NAME}`, `${NAME:-default}` and `${NAME:?message}` of a text. */
export function interpolations(text: string): readonly { readonly name: string; readonly operator: string; readonly word: string }[] {
  return [...text.matchAll(/\$\{(\w+)(?:(:[-?])([^}]*))?\}/g)].map((match) => ({
    name: match[1] ?? '',
    operator: match[2] ?? '',
    word: match[3] ?? '',
  }));
}

/** A text as compose would fill it in. */
export function fillIn(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/\$\{(\w+)(?:(:[-?])([^}]*))?\}/g, (_whole, name: string, operator?: string, word?: string) => {
    const value = values[name];
    if (value !== undefined && value !== '') return value;
    return operator === ':-' ? (word ?? '') : '';
  });
}

/** Names that a `.env` file sets, in order. */
export function envNames(file: string): readonly string[] {
  return readText(file)
    .split('\n')
    .flatMap((line) => /^(\w+)=/.exec(line)?.slice(1) ?? []);
}
