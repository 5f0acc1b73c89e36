import type { Command } from 'commander';
import type { TaskObject } from '../../tasks/task-object';
import { costText } from '../../tasks/task-text';
import { define, type CommandHost } from '../define';

/** `atelier tasks cancel` */
export function addCancel(tasks: Command, host: CommandHost): void {
  define(tasks, host, {
    usage: 'cancel <task...>',
    summary: 'cancel tasks; ended ones stay as they are',
    examples: ['tasks cancel task_0190…', 'tasks cancel task_0190… task_0191… --json'],
    async run({ args, connect, show }) {
      const { client } = connect('team');
      const cancelled: TaskObject[] = [];
      for (const id of args) {
        cancelled.push(
          (await client.call({ method: 'POST', path: `/v1/tasks/${encodeURIComponent(id)}/cancel`, repeats: 2 })) as TaskObject,
        );
      }
      const [only] = cancelled;
      show(only !== undefined && cancelled.length === 1 ? only : { object: 'list', data: cancelled, has_more: false }, () =>
        cancelled.map((task) => `${task.id} ${task.status}: ${costText(task)}`).join('\n'),
      );
      return 0;
    },
  });
}
