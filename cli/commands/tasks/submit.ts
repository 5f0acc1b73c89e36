import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import { addBodyOptions, type BodyFlags } from '../../tasks/body-flags';
import { taskBody } from '../../tasks/body';
import { createProgress, SILENT } from '../../tasks/progress';
import type { TaskObject } from '../../tasks/task-object';
import { costText } from '../../tasks/task-text';
import { reportWatched, watchTasks } from '../../tasks/watch';
import { define, type CommandHost } from '../define';
import { addDownloadOptions, downloadOf, type DownloadFlags } from './watch-options';

interface SubmitFlags extends BodyFlags, DownloadFlags {
  readonly idempotencyKey?: string;
  readonly wait?: boolean;
  readonly watch?: boolean;
}

/** `atelier tasks submit` */
export function addSubmit(tasks: Command, host: CommandHost): void {
  define<SubmitFlags>(tasks, host, {
    usage: 'submit',
    summary: 'submit a generation; --watch follows it and saves what it makes',
    examples: [
      'tasks submit --model sandbox-image --prompt "A loaf of bread" --size 1024x1024 --watch',
      'tasks submit --model sandbox-video --prompt "Steam rises" --image first_frame=bread.png --duration 4 --download films',
      'tasks submit --model sandbox-text --prompt "Three names for a bakery" --param temperature=0.2 --wait',
      'tasks submit --file body.json --idempotency-key order-17 --json',
    ],
    options(command) {
      addBodyOptions(command);
      addDownloadOptions(command);
      command
        .option('--idempotency-key <key>', 'a repeat with the same key finds the same task (default: a new one)')
        .option('--wait', 'wait for the end, quietly; nothing is saved unless --download is given')
        .option('--watch', 'wait for the end, show progress and save the outputs');
    },
    async run({ flags, isJson, output, deps, connect, show }) {
      const { client } = connect('team');
      const body = await taskBody(flags, client);
      const key = flags.idempotencyKey ?? `cli-${randomUUID()}`;
      const task = (await client.call({ method: 'POST', path: '/v1/tasks', body, headers: { 'idempotency-key': key } })) as TaskObject;
      const isWatching = flags.watch === true;
      if (!isWatching && flags.wait !== true && flags.download === undefined) {
        show(task, () => `${task.id} ${task.status}: ${costText(task)}`);
        if (!isJson) output.note(`Follow it: atelier tasks watch ${task.id}`);
        return 0;
      }
      output.note(`Submitted ${task.id}`);
      const watched = await watchTasks([task.id], {
        client,
        signal: deps.interruption(),
        progress: isWatching ? createProgress(output.screen) : SILENT,
        download: isWatching || flags.download !== undefined ? downloadOf(flags) : null,
      });
      return reportWatched(watched, output, isJson);
    },
  });
}
