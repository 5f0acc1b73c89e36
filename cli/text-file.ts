import { readFile, writeFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { byteOrderMark, decodeText, textFaultMessage } from '../domain/text-bytes';
import { CliFailure, usageFailure } from './failure';

/**
 * The text of a file, or of standard input for `-`: UTF-8, or UTF-16 where a byte order mark says so. The mark is left out.
 * @param what - the file as the subject of a sentence: "The body tasks.json"
 * @param advice - what the file should be
 * @throws CliFailure `usage` for a file that can't be read or is no text
 */
export async function readTextFile(path: string, what: string, advice: string): Promise<string> {
  const bytes = await (path === '-' ? buffer(process.stdin) : readFile(path)).catch((error: unknown) => {
    throw usageFailure(`${what} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unreadable'}).`, advice);
  });
  const decoded = decodeText(bytes, byteOrderMark(bytes)?.encoding);
  if ('fault' in decoded) throw usageFailure(textFaultMessage(decoded.fault, what), advice);
  return decoded.text;
}

/** @throws CliFailure `file` for a file that cannot be written */
export async function writeTextFile(path: string, text: string): Promise<void> {
  await writeFile(path, text).catch((error: unknown) => {
    throw new CliFailure(`${path} cannot be written (${(error as NodeJS.ErrnoException).code ?? 'unknown'}).`, { code: 'file' });
  });
}
