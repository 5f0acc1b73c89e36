import type { Command } from 'commander';
import { given } from '../../lib/given';
import { budgetBody, budgetCells, budgetOptions, type BudgetFlags } from '../budget-flags';
import { usageFailure } from '../failure';
import { wholeNumber } from '../flag-values';
import { asObject, asText, type JsonObject } from '../json-value';
import { readAll } from '../pages';
import { table } from '../table';
import { define, type CommandHost } from './define';

interface TeamFlags extends BudgetFlags {
  readonly description?: string;
  readonly timeZone?: string;
  readonly logBodies?: string;
}

/** `atelier teams ...` */
export function addTeams(program: Command, host: CommandHost): void {
  const teams = program.command('teams').description('teams (needs the admin key)');
  define(teams, host, {
    usage: 'list',
    summary: 'list teams with their budgets',
    examples: ['teams list', 'teams list --json'],
    async run({ connect, show }) {
      const list = { path: '/admin/v1/teams', query: {}, cursorOf: (team: JsonObject) => asText(team['name']) ?? '' };
      const page = await readAll<JsonObject>(connect('admin').client, list);
      show(page, () => teamTable(page.data));
      return 0;
    },
  });
  define(teams, host, {
    usage: 'show <team>',
    summary: 'show a team',
    examples: ['teams show studio --json'],
    async run({ args, connect, show }) {
      const team = asObject(await connect('admin').client.call({ path: pathOf(args[0]) })) ?? {};
      show(team, () => teamTable([team]));
      return 0;
    },
  });
  define<TeamFlags>(teams, host, {
    usage: 'create <team>',
    summary: 'create a team',
    examples: ['teams create studio --monthly 500 --time-zone Europe/Berlin'],
    options: teamOptions,
    async run({ args, flags, connect, show }) {
      const body = { name: args[0], ...bodyOf(flags) };
      const team = asObject(await connect('admin').client.call({ method: 'POST', path: '/admin/v1/teams', body })) ?? {};
      show(team, () => teamTable([team]));
      return 0;
    },
  });
  define<TeamFlags>(teams, host, {
    usage: 'set <team>',
    summary: "change a team's budget, description, time zone or what is kept of bodies",
    examples: ['teams set studio --daily 50', 'teams set studio --monthly none', 'teams set studio --log-bodies 7'],
    options: teamOptions,
    async run({ args, flags, connect, show }) {
      const body = bodyOf(flags);
      if (Object.keys(body).length === 0) throw usageFailure('Nothing to change.', '`atelier teams set --help` lists what can be set.');
      const team = asObject(await connect('admin').client.call({ method: 'PATCH', path: pathOf(args[0]), body })) ?? {};
      show(team, () => teamTable([team]));
      return 0;
    },
  });
  define(teams, host, {
    usage: 'secret <team>',
    summary: "show the secret that signs a team's callbacks",
    examples: ['teams secret studio', 'teams secret studio --json'],
    async run({ args, connect, show }) {
      const path = `/admin/v1/teams/${encodeURIComponent(args[0] ?? '')}/callback_secret`;
      const answer = asObject(await connect('admin').client.call({ path })) ?? {};
      show(answer, () => asText(answer['callback_secret']) ?? '');
      return 0;
    },
  });
}

function pathOf(team: string | undefined): string {
  return `/admin/v1/teams/${encodeURIComponent(team ?? '')}`;
}

function teamOptions(command: Command): void {
  budgetOptions(command)
    .option('--description <text>', 'what it is for')
    .option('--time-zone <name>', 'when its months and days begin, such as Europe/Berlin')
    .option('--log-bodies <days>', 'keep what is asked and answered for so many days; "none" keeps no more', daysOrNone);
}

function daysOrNone(text: string): string {
  return text === 'none' ? text : String(wholeNumber(text));
}

function bodyOf({ description, timeZone, logBodies, ...budget }: TeamFlags) {
  const policy = logBodies === undefined ? undefined : logBodies === 'none' ? null : { retention_days: Number(logBodies) };
  return { ...budgetBody(budget), ...given({ description, time_zone: timeZone, log_bodies: policy }) };
}

function teamTable(teams: readonly JsonObject[]): string {
  if (teams.length === 0) return 'No teams.';
  return table(
    ['NAME', 'BY', 'TOTAL USD', 'MONTHLY USD', 'DAILY USD', 'SPENT USD'],
    teams.map((team) => [asText(team['name']) ?? '', asText(team['managed_by']) ?? '', ...budgetCells(team)]),
  );
}
