import { Option, type Command } from 'commander';
import { TEAM_ROLES } from '../../domain/access/principal';
import { asList, asObject, asText } from '../json-value';
import { table } from '../table';
import { define, type CommandHost } from './define';

const path = (team: string | undefined, user?: string): string =>
  `/admin/v1/teams/${encodeURIComponent(team ?? '')}/members${user === undefined ? '' : `/${encodeURIComponent(user)}`}`;

/** `atelier members ...` */
export function addMembers(program: Command, host: CommandHost): void {
  const members = program.command('members').description('people in teams (needs the admin key)');
  define(members, host, {
    usage: 'list <team>',
    summary: "list a team's members",
    examples: ['members list studio'],
    async run({ args, connect, show }) {
      const answer = asObject(await connect('admin').client.call({ path: path(args[0]) })) ?? {};
      const rows = asList(answer['data']).map((member) => asObject(member) ?? {});
      const fields = ['id', 'name', 'email', 'role', 'status'] as const;
      show(answer, () =>
        rows.length === 0
          ? 'No members.'
          : table(
              ['ID', 'NAME', 'E-MAIL', 'ROLE', 'STATUS'],
              rows.map((row) => fields.map((field) => asText(row[field]) ?? '')),
            ),
      );
      return 0;
    },
  });
  define<{ readonly role: string }>(members, host, {
    usage: 'set <team> <user>',
    summary: 'put a person, by id or e-mail, into a team or change their role',
    examples: ['members set studio ann@studio.example --role manager'],
    options: (command) => {
      command.addOption(new Option('--role <role>', 'what they may do').choices(TEAM_ROLES).makeOptionMandatory());
    },
    async run({ args, flags, connect, show }) {
      const body = { role: flags.role };
      const member = await connect('admin').client.call({ method: 'PUT', path: path(args[0], args[1] ?? ''), body });
      show(member, () => `✓ ${args[1] ?? ''} is ${flags.role} in ${args[0] ?? ''}.`);
      return 0;
    },
  });
  define(members, host, {
    usage: 'remove <team> <user>',
    summary: 'take a person out of a team; their own credential in it ends',
    examples: ['members remove studio ann@studio.example'],
    async run({ args, connect, show }) {
      const removed = await connect('admin').client.call({ method: 'DELETE', path: path(args[0], args[1] ?? '') });
      show(removed, () => `✓ ${args[1] ?? ''} is out of ${args[0] ?? ''}.`);
      return 0;
    },
  });
}
