import type { Command } from 'commander';
import { wholeNumber } from '../flag-values';
import { readPages } from '../pages';
import { facts, table } from '../table';
import { define, type CommandHost } from './define';

/** A schedule as the API answers it; the fields that people are shown. */
export interface ScheduleObject {
  readonly id: string;
  readonly name: string | null;
  readonly cron: string;
  readonly time_zone: string;
  readonly next_run_at: string | null;
  readonly last_run_at: string | null;
  readonly last_campaign_id: string | null;
  readonly error: { readonly code: string; readonly message: string } | null;
  readonly campaign: { readonly items: number; readonly cost: { readonly estimated: string } };
}

interface ListFlags {
  readonly limit: number;
  readonly after?: string;
}

/** `atelier schedules ...` */
export function addSchedules(program: Command, host: CommandHost): void {
  const schedules = program.command('schedules').description('recurring campaigns, made by `campaigns create --cron`: list, show, delete');
  define<ListFlags>(schedules, host, {
    usage: 'list',
    summary: "the team's schedules, newest first",
    examples: ['schedules list', 'schedules list --json'],
    options(command) {
      command
        .option('--limit <count>', 'maximum number of results', wholeNumber, 20)
        .option('--after <schedule>', 'continue after this schedule (the last one of the previous page)');
    },
    async run({ flags, connect, showPage }) {
      const list = { path: '/v1/schedules', query: { after: flags.after }, cursorOf: (schedule: ScheduleObject) => schedule.id };
      const page = await readPages<ScheduleObject>(connect('team').client, list, flags.limit);
      showPage(page, 'No schedules.', tableOf);
      return 0;
    },
  });
  define(schedules, host, {
    usage: 'show <schedule>',
    summary: 'show a schedule: its times, and the campaign it made last',
    examples: ['schedules show sched_0190…', 'schedules show sched_0190… --json'],
    async run({ args, connect, show }) {
      const schedule = (await connect('team').client.call({ path: pathOf(args[0] ?? '') })) as ScheduleObject;
      show(schedule, () => scheduleText(schedule));
      return 0;
    },
  });
  define(schedules, host, {
    usage: 'delete <schedule>',
    summary: 'delete a schedule; the campaigns it has made stay',
    examples: ['schedules delete sched_0190…'],
    async run({ args, connect, show }) {
      const answer = await connect('team').client.call({ method: 'DELETE', path: pathOf(args[0] ?? '') });
      show(answer, () => `${args[0] ?? ''} is deleted.`);
      return 0;
    },
  });
}

/** All of a schedule that people ask for. */
export function scheduleText({ id, name, cron, time_zone: zone, error, campaign, ...times }: ScheduleObject): string {
  return facts([
    ['id', id],
    ['name', name],
    ['times', `${cron} (${zone})`],
    ['next', times.next_run_at],
    ['last', times.last_run_at],
    ['last campaign', times.last_campaign_id],
    ['error', error === null ? null : `${error.code}: ${error.message}`],
    ['items', String(campaign.items)],
    ['cost', `about ${campaign.cost.estimated} USD each time`],
  ]);
}

function pathOf(id: string): string {
  return `/v1/schedules/${encodeURIComponent(id)}`;
}

function tableOf(schedules: readonly ScheduleObject[]): string {
  return table(
    ['ID', 'NAME', 'TIMES', 'NEXT', 'LAST CAMPAIGN', 'ITEMS'],
    schedules.map(({ id, name, cron, time_zone: zone, next_run_at: next, last_campaign_id: last, campaign }) => [
      id,
      name ?? '',
      `${cron} (${zone})`,
      next ?? '',
      last ?? '',
      String(campaign.items),
    ]),
  );
}
