import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { WebFile, WebFiles } from '../../domain/web-file';

/** What builds of the console and the guides consist of; anything else is not served. */
const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.md': 'text/markdown; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.woff2': 'font/woff2',
};
/** Compressed already. */
const DENSE: ReadonlySet<string> = new Set(['.woff2']);

/**
 * Reads a folder of built files once, so that a build that comes later never mixes with the one that is served.
 * @returns no files when the folder does not exist
 */
export function readWebFiles(folder: string): WebFiles {
  const files = new Map<string, WebFile>();
  for (const path of pathsIn(folder)) {
    const extension = extname(path);
    const contentType = TYPES[extension];
    if (contentType === undefined) continue;
    const bytes = readFileSync(join(folder, path));
    const gzip = DENSE.has(extension) ? null : gzipSync(bytes, { level: 9 });
    const name = path.split(sep).join('/');
    files.set(name, {
      contentType,
      bytes,
      gzip: gzip !== null && gzip.length < bytes.length ? gzip : null,
      etag: `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 27)}"`,
      isImmutable: name.startsWith('assets/'),
    });
  }
  return files;
}

function pathsIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => relative(folder, join(entry.parentPath, entry.name)));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}
