import { chmodSync, closeSync, fsyncSync, openSync, readFileSync, renameSync, statSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { StartFailure } from './failure';

/** The parsed file; undefined when it is missing or holds no JSON. For what can be made anew; see `readKept` for what cannot. */
export function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

/** What a home keeps for good: made once, and never anew, since other things were made with it. */
export interface Kept<Value> {
  readonly file: string;
  /** As a sentence goes on: "the password of the embedded Postgres". */
  readonly holds: string;
  /** The value of the text; null when it is not whole. */
  readonly parse: (text: string) => Value | null;
}

/** The kept value; undefined when there is no such file. @throws StartFailure when there is one that cannot be read or is not whole */
export function readKept<Value>({ file, holds, parse }: Kept<Value>): Value | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    throw new StartFailure(
      `${file} cannot be read (${code ?? 'unknown reason'}${ownerOf(file)}). It holds ${holds}. ` +
        'Start as the user that owns it, or make it a readable file of yours again (chown, chmod 600).',
      error,
    );
  }
  const value = parse(text);
  if (value === null) {
    throw new StartFailure(
      `${file} is ${text.trim() === '' ? 'empty' : 'not whole'}. It holds ${holds}, so no new one is made. ` +
        `Restore it from a backup, or move ${dirname(file)} away to begin with an empty installation.`,
    );
  }
  closeToOthers(file);
  return value;
}

/** The value of JSON that is an object with these texts, none of them empty; else null. */
export function parseTexts<Name extends string>(text: string, names: readonly Name[]): Readonly<Record<Name, string>> | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null) return null;
  const isWhole = names.every(
    (name) => typeof (value as Record<string, unknown>)[name] === 'string' && (value as Record<string, string>)[name] !== '',
  );
  return isWhole ? (value as Readonly<Record<Name, string>>) : null;
}

function ownerOf(file: string): string {
  const found = statSync(file, { throwIfNoEntry: false });
  return found === undefined ? '' : `; owner ${found.uid}, mode ${(found.mode & 0o777).toString(8)}`;
}

/** A copy from a backup may be open to everybody. */
function closeToOthers(file: string): void {
  if (process.platform === 'win32' || (statSync(file).mode & 0o077) === 0) return;
  chmodSync(file, 0o600);
}

/** Writes a file that only its owner may read, whole or not at all, also when the machine loses its power right after. */
export function writePrivate(file: string, text: string): void {
  const draft = `${file}.${process.pid}.new`;
  const descriptor = openSync(draft, 'w', 0o600);
  try {
    writeSync(descriptor, text);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  renameSync(draft, file);
}

/** Writes JSON that only its owner may read, whole or not at all. */
export function writeJson(file: string, value: unknown): void {
  writePrivate(file, `${JSON.stringify(value, null, 2)}\n`);
}
