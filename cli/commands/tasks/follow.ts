import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import { createProgress, SILENT } from '../../tasks/progress';
import type { TaskObject } from '../../tasks/task-object';
import { costText } from '../../tasks/task-text';
import { reportWatched, watchTasks } from '../../tasks/watch';
import type { Call, ExitCode } from '../define';
import { addDownloadOptions, downloadOf, type DownloadFlags } from './watch-options';

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
