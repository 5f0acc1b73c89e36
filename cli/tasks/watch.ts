import { isTerminal } from '../../domain/task/task';
import { CliFailure } from '../failure';
import type { ExitCode } from '../commands/define';
import type { ApiClient } from '../http/client';
import { follow, type FollowOptions } from '../http/follow';
import type { Output } from '../output';
import { downloadOutputs } from './download';
import type { Progress } from './progress';
import type { TaskObject } from './task-object';
import { costText, outputText, problemText } from './task-text';

/** Where outputs go when nothing else is said; each task has a folder of its own in it. */
export const DEFAULT_FOLDER = 'atelier-outputs';

export interface WatchOptions {
  readonly client: ApiClient;
  readonly progress: Progress;
  readonly signal: AbortSignal;
  /** null: outputs stay where they are. */
  readonly download: { readonly folder: string; readonly isOverwriting: boolean } | null;
}

/** A task that has ended, and where its outputs were saved. */
export interface Watched {
  readonly task: TaskObject;
  readonly files: readonly string[];
}

/** Waits for the ends of all tasks and saves their outputs. @throws CliFailure */
export async function watchTasks(ids: readonly string[], options: WatchOptions): Promise<readonly Watched[]> {
  try {
    return await Promise.all(ids.map((id) => watchTask(id, options)));
  } catch (error) {
    if (!options.signal.aborted) throw error;
    throw new CliFailure(`Stopped watching. The work continues.`, {
      code: 'interrupted',
      exitCode: 130,
      advice: [`Watch again: atelier tasks watch ${ids.join(' ')}`, `Stop the work: atelier tasks cancel ${ids.join(' ')}`],
    });
  }
}

async function watchTask(id: string, options: WatchOptions): Promise<Watched> {
  const { client, progress, signal, download } = options;
  let last: TaskObject | null = null;
  const onLost = (failure: CliFailure | null) =>
    progress.note(`… the connection was lost${failure === null ? '' : ` (${failure.message})`}; reconnecting. The work continues.`);
  for await (const task of followTask(id, { client, signal, onLost })) {
    last = task;
    progress.show(task);
  }
  if (last === null) throw new CliFailure(`The events of ${id} ended before the first one.`, { code: 'unreachable' });
  return { task: last, files: download === null ? [] : await downloadOutputs(last, { client, signal, ...download }) };
}

/** The document of ended tasks: the task itself when there is one, else a list. `files` are the saved outputs. */
export function watchedDocument(watched: readonly Watched[]): object {
  const documents = watched.map(({ task, files }) => ({ ...task, files }));
  const [only] = documents;
  return only !== undefined && documents.length === 1 ? only : { object: 'list', data: documents, has_more: false };
}

/** Prints what came out of the tasks. @returns 1 unless all succeeded */
export function reportWatched(watched: readonly Watched[], output: Output, isJson: boolean): ExitCode {
  if (isJson) output.json(watchedDocument(watched));
  for (const { task, files } of watched) {
    if (!isJson) {
      if (task.text !== null) output.line(task.text);
      for (const [index, file] of task.outputs.entries()) output.line(`${files[index] ?? `output ${index}`}  (${outputText(file)})`);
      output.line(`${task.id} ${task.status}: ${costText(task)}`);
    }
    if (task.status !== 'succeeded') output.note(problemText(task));
  }
  return watched.every(({ task }) => task.status === 'succeeded') ? 0 : 1;
}

/** The task at each of its changes, the last one ended. @throws as `follow` */
function followTask(id: string, options: FollowOptions): AsyncGenerator<TaskObject> {
  return follow({ path: `/v1/tasks/${encodeURIComponent(id)}`, isEnd: (task: TaskObject) => isTerminal(task.status) }, options);
}
