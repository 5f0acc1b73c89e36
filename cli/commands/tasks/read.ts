import { Option, type Command } from 'commander';
import { TASK_STATUSES } from '../../../domain/task/task';
import { wholeNumber } from '../../flag-values';
import type { ApiClient } from '../../http/client';
import { table } from '../../table';
import type { TaskObject } from '../../tasks/task-object';
import { costText, percentText, taskText } from '../../tasks/task-text';
import { define, type CommandHost } from '../define';
import { readPages } from '../../pages';
import type { Page } from '../../pages';

interface ListFlags {
  readonly status?: string;
  readonly type?: string;
  readonly model?: string;
  readonly externalId?: string;
  readonly campaignId?: string;
  readonly createdAfter?: string;
  readonly order?: string;
  readonly limit: number;
  readonly after?: string;
}

/** `atelier tasks list` */
export function addList(tasks: Command, host: CommandHost): void {
  define<ListFlags>(tasks, host, {
    usage: 'list',
    summary: "the team's tasks, newest first",
    examples: [
      'tasks list',
      'tasks list --status failed --type image --limit 50',
      'tasks list --created-after 2026-11-24T00:00:00Z --json',
    ],
    options(command) {
      command
        .addOption(new Option('--status <status>', 'only tasks with this status').choices(TASK_STATUSES))
        .addOption(new Option('--type <type>', 'only tasks of this type').choices(['text', 'image', 'video']))
        .option('--model <name>', 'only tasks of this model')
        .option('--external-id <id>', 'only the task with this external id')
        .option('--campaign-id <id>', 'only tasks of this campaign')
        .option('--created-after <time>', 'only tasks created after this time, such as 2026-11-24T12:00:00Z')
        .addOption(new Option('--order <order>', 'desc: newest first').choices(['desc', 'asc']))
        .option('--limit <count>', 'maximum number of results', wholeNumber, 20)
        .option('--after <task>', 'continue after this task (the last one of the previous page)');
    },
    async run({ flags, connect, showPage }) {
      const page = await readTasks(connect('team').client, flags);
      showPage(page, 'No tasks.', tableOf);
      return 0;
    },
  });
}

function readTasks(client: ApiClient, flags: ListFlags): Promise<Page<TaskObject>> {
  const query = {
    status: flags.status,
    type: flags.type,
    model: flags.model,
    external_id: flags.externalId,
    campaign_id: flags.campaignId,
    created_after: flags.createdAfter,
    order: flags.order,
    after: flags.after,
  };
  return readPages<TaskObject>(client, { path: '/v1/tasks', query, cursorOf: ({ id }) => id }, flags.limit);
}

function tableOf(tasks: readonly TaskObject[]): string {
  return table(
    ['ID', 'TYPE', 'MODEL', 'STATUS', 'DONE', 'COST', 'CREATED', 'ERROR'],
    tasks.map((task) => [
      task.id,
      task.type,
      task.model,
      task.status,
      percentText(task),
      costText(task),
      task.created_at.slice(0, 19).replace('T', ' '),
      task.error?.code ?? '',
    ]),
  );
}

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
