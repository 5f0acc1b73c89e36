import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import { createProgress, SILENT } from '../../tasks/progress';
import type { TaskObject } from '../../tasks/task-object';
import { costText } from '../../tasks/task-text';
import { DEFAULT_FOLDER, reportWatched, type WatchOptions, watchTasks } from '../../tasks/watch';
import type { Call, ExitCode } from '../define';

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

/** Options of commands that make one task. */
export interface FollowFlags extends DownloadFlags {
  readonly idempotencyKey?: string;
  readonly wait?: boolean;
  readonly watch?: boolean;
}

export function addFollowOptions(command: Command): void {
  addDownloadOptions(command);
  command
    .option('--idempotency-key <key>', 'running again with the same key returns the same task (default: a new key)')
    .option('--wait', 'wait for the end, quietly; nothing is saved unless --download is given')
    .option('--watch', 'wait for the end, show progress and save the outputs');
}

export function idempotencyKeyOf({ idempotencyKey }: FollowFlags): string {
  return idempotencyKey ?? `cli-${randomUUID()}`;
}

/** Shows a new task, or follows it to its end when the flags ask for that. */
export async function showOrFollow(task: TaskObject, call: Call<FollowFlags>): Promise<ExitCode> {
  const { flags, isJson, output, deps, connect, show } = call;
  const isWatching = flags.watch === true;
  if (!isWatching && flags.wait !== true && flags.download === undefined) {
    show(task, () => `${task.id} ${task.status}: ${costText(task)}`);
    if (!isJson) output.note(`Follow it: atelier tasks watch ${task.id}`);
    return 0;
  }
  output.note(`Submitted ${task.id}`);
  const watched = await watchTasks([task.id], {
    client: connect('team').client,
    signal: deps.interruption(),
    progress: isWatching ? createProgress(output.screen) : SILENT,
    download: isWatching || flags.download !== undefined ? downloadOf(flags) : null,
  });
  return reportWatched(watched, output, isJson);
}
