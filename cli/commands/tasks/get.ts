import type { Command } from 'commander';
import type { TaskObject } from '../../tasks/task-object';
import { taskText } from '../../tasks/task-text';
import { define, type CommandHost } from '../define';

/** `atelier tasks get` */
export function addGet(tasks: Command, host: CommandHost): void {
  define(tasks, host, {
    usage: 'get <task>',
    summary: 'show a task: status, attempts, cost, outputs, error',
    examples: ['tasks get task_0190…', 'tasks get task_0190… --json'],
    async run({ args, connect, show }) {
      const task = (await connect('team').client.call({ path: `/v1/tasks/${encodeURIComponent(args[0] ?? '')}` })) as TaskObject;
      show(task, () => taskText(task));
      return 0;
    },
  });
}
