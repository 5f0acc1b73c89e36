import type { Command } from 'commander';
import { createProgress } from '../../tasks/progress';
import { reportWatched, watchTasks } from '../../tasks/watch';
import { define, type CommandHost } from '../define';
import { addDownloadOptions, downloadOf, type DownloadFlags } from './follow';

/** `atelier tasks watch` */
export function addWatch(tasks: Command, host: CommandHost): void {
  define<DownloadFlags>(tasks, host, {
    usage: 'watch <task...>',
    summary: 'follow tasks until they end and save their outputs; exit code 1 unless all succeed',
    examples: [
      'tasks watch task_0190…',
      'tasks watch task_0190… task_0191… --download videos',
      'tasks watch task_0190… --no-download --json',
    ],
    options(command) {
      addDownloadOptions(command);
      command.option('--no-download', 'save nothing');
    },
    async run({ args, flags, isJson, output, deps, connect }) {
      const { client } = connect('team');
      const ids = [...new Set(args)];
      // A wrong id is told at once, not after the others have ended.
      for (const id of ids) await client.call({ path: `/v1/tasks/${encodeURIComponent(id)}` });
      const watched = await watchTasks(ids, {
        client,
        signal: deps.interruption(),
        progress: createProgress(output.screen),
        download: downloadOf(flags),
      });
      return reportWatched(watched, output, isJson);
    },
  });
}
