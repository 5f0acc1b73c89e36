import { InvalidArgumentError, Option, type Command } from 'commander';
import { TASK_STATUSES } from '../../../domain/task/task';
import { CREDENTIAL_CLASSES } from '../../../domain/access/classes';
import { collect, textPairs, wholeNumber } from '../../flag-values';
import { saveAnswer } from '../../http/save-answer';
import { table } from '../../table';
import type { TaskObject } from '../../tasks/task-object';
import { costText, percentText, taskText } from '../../tasks/task-text';
import { define, type CommandHost } from '../define';
import { readPages } from '../../pages';

interface ListFlags {
  readonly status?: string;
  readonly type?: string;
  readonly model?: string;
  readonly provider?: string;
  readonly credentialName?: string;
  readonly class?: string;
  readonly project?: string;
  readonly member?: string;
  readonly externalId?: string;
  readonly campaignId?: string;
  readonly template?: string;
  readonly errorCode?: string;
  readonly fallback?: true;
  readonly metadata?: readonly string[];
  readonly q?: string;
  readonly createdAfter?: string;
  readonly createdBefore?: string;
  readonly order?: string;
  readonly limit: number;
  readonly after?: string;
  readonly csv?: string;
}

/** `atelier tasks list` */
export function addList(tasks: Command, host: CommandHost): void {
  define<ListFlags>(tasks, host, {
    usage: 'list',
    summary: "the team's tasks, newest first",
    examples: [
      'tasks list',
      'tasks list --status failed,expired --type image --limit 50',
      'tasks list --q marmalade --provider kling-main --fallback',
      'tasks list --created-after 2026-11-24T00:00:00Z --csv week.csv',
    ],
    options: addFilters,
    async run({ flags, output, deps, connect, showPage }) {
      const { client } = connect('team');
      if (flags.csv !== undefined) {
        await saveAnswer(
          client,
          { path: '/v1/tasks', query: { ...queryOf(flags), format: 'csv' }, signal: deps.interruption() },
          flags.csv,
        );
        output.note(`The tasks are in ${flags.csv}.`);
        return 0;
      }
      const list = { path: '/v1/tasks', query: queryOf(flags), cursorOf: ({ id }: TaskObject) => id };
      showPage(await readPages<TaskObject>(client, list, flags.limit), 'No tasks.', tableOf);
      return 0;
    },
  });
}

function addFilters(command: Command): void {
  command
    .option('--status <statuses>', `only tasks with this status, or one of several with commas between them: ${NAMES}`, statuses)
    .addOption(new Option('--type <type>', 'only tasks of this type').choices(['text', 'image', 'video']))
    .option('--model <name>', 'only tasks of this model')
    .option('--provider <name>', 'only tasks that this provider served')
    .option('--credential-name <name>', 'only tasks of this key')
    .addOption(new Option('--class <class>', 'only tasks of keys of this class').choices(CREDENTIAL_CLASSES))
    .option('--project <name>', 'only tasks of this project')
    .option('--member <email>', 'only tasks of keys of this person')
    .option('--external-id <id>', 'only the task with this external id')
    .option('--campaign-id <id>', 'only tasks of this campaign')
    .option('--template <name>', 'only what was made of this template: NAME or NAME@VERSION')
    .option('--error-code <code>', 'only tasks that ended with this error')
    .option('--fallback', 'only tasks that another provider or model served than the first that was tried')
    .option('--metadata <name=value>', 'only tasks with this pair (repeatable)', collect)
    .option('--q <text>', 'only tasks with these words in the prompt')
    .option('--created-after <time>', 'only tasks created after this time, such as 2026-11-24T12:00:00Z')
    .option('--created-before <time>', 'only tasks created before this time')
    .addOption(new Option('--order <order>', 'desc: newest first').choices(['desc', 'asc']))
    .option('--limit <count>', 'maximum number of results', wholeNumber, 20)
    .option('--after <task>', 'continue after this task (the last one of the previous page)')
    .option('--csv <file>', 'write all of them into a CSV file');
}

const NAMES = TASK_STATUSES.join(', ');

/** One status, or several with commas between them. */
function statuses(text: string): string {
  const wrong = text.split(',').find((part) => !TASK_STATUSES.some((status) => status === part.trim()));
  if (wrong !== undefined) throw new InvalidArgumentError(`Allowed choices are ${NAMES}.`);
  return text;
}

function queryOf(flags: ListFlags): Readonly<Record<string, string | undefined>> {
  const { status, type, model, provider, project, member, template, q, order, after } = flags;
  const pairs = Object.entries(textPairs('--metadata', flags.metadata)).map(([name, value]) => [`metadata[${name}]`, value] as const);
  return {
    ...{ status, type, model, provider, project, member, template, q, order, after, class: flags.class },
    credential: flags.credentialName,
    external_id: flags.externalId,
    campaign_id: flags.campaignId,
    error_code: flags.errorCode,
    fallback: flags.fallback === true ? 'true' : undefined,
    created_after: flags.createdAfter,
    created_before: flags.createdBefore,
    ...Object.fromEntries(pairs),
  };
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
