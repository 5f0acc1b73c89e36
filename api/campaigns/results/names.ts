import { AppError } from '../../../domain/errors';
import { createUniqueNames, extensionOf, fileName } from '../../../domain/file-name';
import type { ResultFile } from './rows';

const PLACEHOLDER = /\{(\w*)\}/g;
const KNOWN = ['key', 'n', 'index'];

/** Gives every file of a campaign's results a name of its own, that no file system trips over. */
export interface FileNames {
  nameOf(file: ResultFile): string;
}

/**
 * @param pattern - `{key}`, `{n}` (which output, from 1) and `{index}` are replaced
 * @throws AppError `invalid_value` for another placeholder
 * @example createFileNames('{key}-{n}') // sku-1-1.png
 */
export function createFileNames(pattern: string): FileNames {
  for (const [given, name = ''] of pattern.matchAll(PLACEHOLDER)) {
    if (KNOWN.includes(name)) continue;
    throw new AppError('invalid_value', `Invalid name: ${given} is not known. Use {key}, {n} and {index}.`, { param: 'name' });
  }
  const unique = createUniqueNames();

  return {
    nameOf({ item, n, content }) {
      const values: Readonly<Record<string, string>> = { key: item.key, n: String(n), index: String(item.index) };
      const stem = pattern.replace(PLACEHOLDER, (_given, name: string) => values[name] ?? '');
      const extension = extensionOf('asset' in content ? content.asset.contentType : 'text/plain');
      // A long key is cut so that what tells outputs apart stays.
      const tail = pattern.endsWith('-{n}') ? `-${n}` : '';
      const base = tail === '' ? stem : stem.slice(0, -tail.length);
      return unique((again) => fileName(base, `${tail}${again === 1 ? '' : `_${again}`}.${extension}`));
    },
  };
}
