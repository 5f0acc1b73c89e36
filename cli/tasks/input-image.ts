import { readFile } from 'node:fs/promises';
import { usageFailure } from '../failure';

const ROLE = /^(reference|mask|first_frame|last_frame)=(.+)$/s;

/**
 * An `--image`: a URL is passed on, `asset_...` names a file kept before, anything else is a file whose bytes are sent.
 * `mask=FILE` and so on give it a role.
 * @throws CliFailure `usage` for a file that cannot be read
 */
export async function imageOf(text: string): Promise<Readonly<Record<string, string>>> {
  const match = ROLE.exec(text);
  const source = match?.[2] ?? text;
  const role: Record<string, string> = match?.[1] === undefined ? {} : { role: match[1] };
  if (/^(https?:\/\/|data:)/i.test(source)) return { url: source, ...role };
  if (/^asset_[0-9a-f]{32}$/.test(source)) return { asset_id: source, ...role };
  const bytes = await readFile(source).catch((error: unknown) => {
    const code = (error as NodeJS.ErrnoException).code ?? 'unreadable';
    throw usageFailure(`The image ${source} cannot be read (${code}).`, '--image takes a file, a URL or the id of an asset.');
  });
  return { data: bytes.toString('base64'), ...role };
}
