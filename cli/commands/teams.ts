import type { Command } from 'commander';
import { asObject, asText } from '../json-value';
import { define, type CommandHost } from './define';

/** `atelier teams ...` */
export function addTeams(program: Command, host: CommandHost): void {
  const teams = program.command('teams').description('teams (needs the admin key)');
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
