import type { Command } from 'commander';
import { DEFAULT_FOLDER, type WatchOptions } from '../../tasks/watch';

/** Options of commands that save outputs. */
export interface DownloadFlags {
  /** false by `--no-download`. */
  readonly download?: string | false;
  readonly overwrite?: boolean;
}

export function addDownloadOptions(command: Command): void {
  command
    .option('--download <dir>', `where outputs go, as <dir>/<task>/N.ext (default: ${DEFAULT_FOLDER})`)
    .option('--overwrite', 'replace existing files; otherwise new ones get a number');
}

/** What to do with outputs. */
export function downloadOf({ download, overwrite = false }: DownloadFlags): WatchOptions['download'] {
  if (download === false) return null;
  return { folder: download ?? DEFAULT_FOLDER, isOverwriting: overwrite };
}
