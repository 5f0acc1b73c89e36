import { Option, type Command } from 'commander';
import { ORGANISATION_ROLES } from '../../domain/access/principal';
import { given } from '../../lib/given';
import { CliFailure, usageFailure } from '../failure';
import { asList, asObject, asText, type JsonObject } from '../json-value';
import { readAll } from '../pages';
import { table } from '../table';
import { define, type CommandHost } from './define';

interface InviteFlags {
  readonly name?: string;
  readonly role?: string;
  readonly team: readonly string[];
}

interface SetFlags {
  readonly name?: string;
  readonly role?: string;
  readonly enable?: boolean;
}

const path = (user: string | undefined, verb = ''): string => `/admin/v1/users/${encodeURIComponent(user ?? '')}${verb}`;
const roleOption = (): Option => new Option('--role <role>', 'role in the organisation').choices([...ORGANISATION_ROLES, 'none']);

/** `atelier users ...` */
export function addUsers(program: Command, host: CommandHost): void {
  const users = program.command('users').description('people who sign in (needs the admin key)');
  define<{ readonly team?: string }>(users, host, {
    usage: 'list',
    summary: 'list people with their roles',
    examples: ['users list', 'users list --team studio --json'],
    options: (command) => {
      command.option('--team <team>', 'only members of this team');
    },
    async run({ flags, connect, show }) {
      const list = { path: '/admin/v1/users', query: { team: flags.team }, cursorOf: (user: JsonObject) => asText(user['id']) ?? '' };
      const page = await readAll<JsonObject>(connect('admin').client, list);
      show(page, () => userTable(page.data));
      return 0;
    },
  });
  define(users, host, {
    usage: 'show <user>',
    summary: 'show a person, by id or e-mail',
    examples: ['users show ann@studio.example'],
    async run({ args, connect, show }) {
      const user = asObject(await connect('admin').client.call({ path: path(args[0]) })) ?? {};
      show(user, () => userTable([user]));
      return 0;
    },
  });
  define<InviteFlags>(users, host, {
    usage: 'invite <email>',
    summary: 'invite a person; prints a link to hand on, for one use within 72 hours',
    examples: ['users invite ann@studio.example --name Ann --team studio:manager', 'users invite ops@studio.example --role operator'],
    options: (command) => {
      command
        .option('--name <name>', 'default: the part of the e-mail before the @')
        .option('--team <team:role>', 'a team to join as manager, creator or viewer; repeatable', collect, [])
        .addOption(roleOption());
    },
    async run({ args, flags, isJson, output, connect, show }) {
      const body = { email: args[0], ...named(flags), teams: flags.team.map(placeOf) };
      const made = asObject(await connect('admin').client.call({ method: 'POST', path: '/admin/v1/users', body })) ?? {};
      if (!isJson) output.note(`${asText(made['email']) ?? ''} is invited. Hand on this link; it is shown only this once:`);
      show(made, () => asText(made['invite_url']) ?? '');
      return 0;
    },
  });
  define<{ readonly email: string; readonly name?: string }>(users, host, {
    usage: 'create-admin',
    summary: 'make a person an admin of the organisation; prints a link by which they choose a password',
    examples: ['users create-admin --email ops@studio.example'],
    options: (command) => {
      command
        .requiredOption('--email <email>', 'who it is; somebody who exists already becomes an admin')
        .option('--name <name>', 'their name');
    },
    async run({ flags: { email, name }, isJson, output, connect, show }) {
      const { client } = connect('admin');
      const body = given({ email, name, organisation_role: 'admin' });
      const made = await client.call({ method: 'POST', path: '/admin/v1/users', body }).catch(async (error: unknown) => {
        if (!(error instanceof CliFailure) || error.facts.code !== 'conflict') throw error;
        await client.call({ method: 'PATCH', path: path(email), body: { organisation_role: 'admin', disabled: false } });
        return client.call({ method: 'POST', path: path(email, '/reset') });
      });
      const link = asObject(made) ?? {};
      if (!isJson) output.note(`${email} is an admin. Hand on this link; it is shown only this once:`);
      show(link, () => asText(link['invite_url']) ?? asText(link['reset_url']) ?? '');
      return 0;
    },
  });
  define<SetFlags>(users, host, {
    usage: 'set <user>',
    summary: "change a person's name or role, or enable them again",
    examples: ['users set ann@studio.example --role billing', 'users set ann@studio.example --enable'],
    options: (command) => {
      command.option('--name <name>', 'the new name').option('--enable', 'they were disabled').addOption(roleOption());
    },
    async run({ args, flags, connect, show }) {
      const body = { ...named(flags), ...(flags.enable === true ? { disabled: false } : {}) };
      if (Object.keys(body).length === 0) throw usageFailure('Nothing to change.', 'Give --name, --role or --enable.');
      const user = asObject(await connect('admin').client.call({ method: 'PATCH', path: path(args[0]), body })) ?? {};
      show(user, () => userTable([user]));
      return 0;
    },
  });
  define(users, host, {
    usage: 'erase <user>',
    summary: 'take out what says who somebody was: name, e-mail, sessions, addresses; for good',
    examples: ['users erase ann@studio.example'],
    async run({ args, connect, show }) {
      const user = await connect('admin').client.call({ method: 'POST', path: `${path(args[0] ?? '')}/erase` });
      show(user, () => '✓ The name and the e-mail are gone. What was made, spent and done stays, under an id.');
      return 0;
    },
  });
  define(users, host, {
    usage: 'disable <user>',
    summary: 'end all sessions of a person and refuse the keys that they own',
    examples: ['users disable ann@studio.example'],
    async run({ args, connect, show }) {
      const user = await connect('admin').client.call({ method: 'DELETE', path: path(args[0]), repeats: 2 });
      show(user, () => `✓ ${args[0] ?? ''} is disabled.`);
      return 0;
    },
  });
  define(users, host, {
    usage: 'reset <user>',
    summary: 'print a link by which a person chooses a password',
    examples: ['users reset ann@studio.example'],
    async run({ args, connect, show }) {
      const link = asObject(await connect('admin').client.call({ method: 'POST', path: path(args[0], '/reset') })) ?? {};
      show(link, () => asText(link['reset_url']) ?? '');
      return 0;
    },
  });
}

function named({ name, role }: { readonly name?: string; readonly role?: string }) {
  return given({ name, organisation_role: role === 'none' ? null : role });
}

function collect(value: string, before: readonly string[]): readonly string[] {
  return [...before, value];
}

function placeOf(text: string): { readonly name: string; readonly role: string } {
  const colon = text.lastIndexOf(':');
  if (colon < 1) throw usageFailure(`--team ${text} names no role.`, 'Write TEAM:ROLE, such as studio:creator.');
  return { name: text.slice(0, colon), role: text.slice(colon + 1) };
}

function userTable(users: readonly JsonObject[]): string {
  if (users.length === 0) return 'No users.';
  return table(
    ['ID', 'E-MAIL', 'NAME', 'STATUS', 'ROLE', 'TEAMS'],
    users.map((user) => [
      ...(['id', 'email', 'name', 'status'] as const).map((field) => asText(user[field]) ?? ''),
      asText(user['organisation_role']) ?? '',
      asList(user['teams'])
        .map((team) => `${asText(asObject(team)?.['name']) ?? ''}:${asText(asObject(team)?.['role']) ?? ''}`)
        .join(','),
    ]),
  );
}
