import type { Command } from 'commander';
import { given } from '../../lib/given';
import { budgetBody, budgetCells, budgetOptions, type BudgetFlags } from '../budget-flags';
import { usageFailure } from '../failure';
import { asObject, asText, type JsonObject } from '../json-value';
import { readAll } from '../pages';
import { table } from '../table';
import { define, type CommandHost } from './define';

interface SetFlags extends BudgetFlags {
  readonly name?: string;
  readonly archive?: boolean;
  readonly restore?: boolean;
}

const path = (team: string | undefined, project?: string): string =>
  `/admin/v1/teams/${encodeURIComponent(team ?? '')}/projects${project === undefined ? '' : `/${encodeURIComponent(project)}`}`;

/** `atelier projects ...` */
export function addProjects(program: Command, host: CommandHost): void {
  const projects = program.command('projects').description('projects of teams, with budgets of their own (needs the admin key)');
  define(projects, host, {
    usage: 'list <team>',
    summary: "list a team's projects with their budgets",
    examples: ['projects list studio'],
    async run({ args, connect, show }) {
      const list = { path: path(args[0]), query: {}, cursorOf: (project: JsonObject) => asText(project['name']) ?? '' };
      const page = await readAll<JsonObject>(connect('admin').client, list);
      show(page, () => projectTable(page.data));
      return 0;
    },
  });
  define<BudgetFlags>(projects, host, {
    usage: 'create <team> <name>',
    summary: 'create a project',
    examples: ['projects create studio spring --total 100 --daily 10'],
    options: budgetOptions,
    async run({ args, flags, connect, show }) {
      const body = { name: args[1], ...budgetBody(flags) };
      const project = asObject(await connect('admin').client.call({ method: 'POST', path: path(args[0]), body })) ?? {};
      show(project, () => projectTable([project]));
      return 0;
    },
  });
  define<SetFlags>(projects, host, {
    usage: 'set <team> <project>',
    summary: "change a project's budget or name, archive it or take it back",
    examples: ['projects set studio spring --monthly 50', 'projects set studio spring --archive'],
    options: (command) => {
      budgetOptions(command)
        .option('--name <name>', 'the new name')
        .option('--archive', 'it is over')
        .option('--restore', 'it is not over after all');
    },
    async run({ args, flags, connect, show }) {
      const body = {
        ...budgetBody(flags),
        ...given({ name: flags.name }),
        ...(flags.archive === true ? { archived: true } : flags.restore === true ? { archived: false } : {}),
      };
      if (Object.keys(body).length === 0) throw usageFailure('Nothing to change.', '`atelier projects set --help` lists what can be set.');
      const project = asObject(await connect('admin').client.call({ method: 'PATCH', path: path(args[0], args[1] ?? ''), body })) ?? {};
      show(project, () => projectTable([project]));
      return 0;
    },
  });
  define(projects, host, {
    usage: 'remove <team> <project>',
    summary: 'remove a project in which nothing was spent; others are archived',
    examples: ['projects remove studio trial'],
    async run({ args, connect, show }) {
      const removed = await connect('admin').client.call({ method: 'DELETE', path: path(args[0], args[1] ?? '') });
      show(removed, () => `✓ The project ${args[0] ?? ''}/${args[1] ?? ''} is removed.`);
      return 0;
    },
  });
}

function projectTable(projects: readonly JsonObject[]): string {
  if (projects.length === 0) return 'No projects.';
  return table(
    ['NAME', 'STATE', 'TOTAL USD', 'MONTHLY USD', 'DAILY USD', 'SPENT USD'],
    projects.map((project) => [asText(project['name']) ?? '', project['archived'] === true ? 'archived' : 'open', ...budgetCells(project)]),
  );
}
