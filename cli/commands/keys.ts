import type { Command } from 'commander';
import { CREDENTIAL_CLASSES } from '../../domain/access/caller';
import { CREDENTIAL_STATES } from '../../domain/access/credential';
import { usageFailure } from '../failure';
import { wholeNumber } from '../flag-values';
import type { Installation } from '../installation';
import { asObject, asText, type JsonObject } from '../json-value';
import { addSettings, classOption, settingsOf, type SettingFlags } from '../keys/settings';
import { keyFacts, keyTable } from '../keys/text';
import { readPages } from '../pages';
import { define, type CommandHost } from './define';

interface TeamFlags {
  readonly team?: string;
}

interface ListFlags extends TeamFlags {
  readonly project?: string;
  readonly class?: string;
  readonly owner?: string;
  readonly state?: string;
}

const ONE_DAY_S = 86_400;

/** `atelier keys ...` */
export function addKeys(program: Command, host: CommandHost): void {
  const keys = program.command('keys').description('API keys of teams (needs the admin key)');
  const teamOption = (command: Command) => command.option('--team <team>', 'default: the sample team');

  define<TeamFlags & SettingFlags>(keys, host, {
    usage: 'create <name>',
    summary: 'create a key; it is shown only this once',
    examples: [
      'keys create site --team studio --class production --limit 100',
      'keys create trial --class test --models sandbox-text,sandbox-image --expires 2027-01-31 --rpm 60',
    ],
    options: (command) => void addSettings(teamOption(command).addOption(classOption().default('personal'))),
    async run({ args, flags, isJson, output, connect, show }) {
      const { client, installation } = connect('admin');
      const body = { team: teamOf(flags, installation), name: args[0], ...settingsOf(flags) };
      const created = asObject(await client.call({ method: 'POST', path: '/admin/v1/keys', body })) ?? {};
      if (!isJson) output.note(`Key ${body.team}/${body.name ?? ''} created. Store it now: it will not be shown again.`);
      show(created, () => asText(created['key']) ?? '');
      return 0;
    },
  });
  define<ListFlags>(keys, host, {
    usage: 'list',
    summary: 'list keys with their limits, spending and last use',
    examples: ['keys list', 'keys list --team studio --state active --json'],
    options: (command) =>
      void command
        .option('--team <team>', 'only keys of this team')
        .option('--project <name>', 'only of this project')
        .option('--class <class>', `only of this class: ${CREDENTIAL_CLASSES.join(', ')}`)
        .option('--owner <email>', 'only those that this person answers for')
        .option('--state <state>', `only in this state: ${CREDENTIAL_STATES.join(', ')}`),
    async run({ flags, connect, show }) {
      const { team, project, class: credentialClass, owner, state } = flags;
      const query = { team, project, class: credentialClass, owner, state };
      const { client } = connect('admin');
      const page = await readPages<JsonObject>(client, { path: '/admin/v1/keys', query, cursorOf: ({ id }) => asText(id) ?? '' }, Infinity);
      show(page, () => keyTable(page.data));
      return 0;
    },
  });
  define<TeamFlags>(keys, host, {
    usage: 'show <name>',
    summary: 'show what a key may do and has spent',
    examples: ['keys show site --team studio'],
    options: (command) => void teamOption(command),
    async run({ args, flags, connect, show }) {
      const { client, installation } = connect('admin');
      const key = asObject(await client.call({ path: pathOf(teamOf(flags, installation), args[0]) })) ?? {};
      show(key, () => keyFacts(key));
      return 0;
    },
  });
  define<TeamFlags & SettingFlags>(keys, host, {
    usage: 'set <name>',
    summary: 'change what a key may do; "none" takes a bound away',
    examples: ['keys set site --team studio --limit 200 --daily none', 'keys set trial --expires none --tiers economy'],
    options: (command) => void addSettings(teamOption(command).addOption(classOption())),
    async run({ args, flags, connect, show }) {
      const { client, installation } = connect('admin');
      const body = settingsOf(flags);
      if (Object.keys(body).length === 0)
        throw usageFailure('Nothing to change.', 'Give an option such as --limit 200; see `atelier keys set --help`.');
      const path = pathOf(teamOf(flags, installation), args[0]);
      const key = asObject(await client.call({ method: 'PATCH', path, body, repeats: 2 })) ?? {};
      show(key, () => keyFacts(key));
      return 0;
    },
  });
  define<TeamFlags & { readonly overlap?: number }>(keys, host, {
    usage: 'rotate <name>',
    summary: 'replace a key; the new one is shown only this once, and the old one stays valid for a while',
    examples: ['keys rotate site --team studio', 'keys rotate site --overlap 0'],
    options: (command) =>
      void teamOption(command).option(
        '--overlap <seconds>',
        'how long the old key stays valid; 0: it ends at once',
        wholeNumber,
        ONE_DAY_S,
      ),
    async run({ args, flags, isJson, output, connect, show }) {
      const { client, installation } = connect('admin');
      const team = teamOf(flags, installation);
      const body = { overlap_s: flags.overlap ?? ONE_DAY_S };
      const rotated = asObject(await client.call({ method: 'POST', path: `${pathOf(team, args[0])}/rotate`, body })) ?? {};
      if (!isJson) {
        const until = body.overlap_s === 0 ? 'The old one ended.' : `The old one ends in ${body.overlap_s} s.`;
        output.note(`Key ${team}/${args[0] ?? ''} has a new key. Store it now: it will not be shown again. ${until}`);
      }
      show(rotated, () => asText(rotated['key']) ?? '');
      return 0;
    },
  });
  define<TeamFlags & { readonly reason: string }>(keys, host, {
    usage: 'freeze <name>',
    summary: 'refuse the requests of a key until it is unfrozen; runs that have bought nothing end',
    examples: ['keys freeze site --team studio --reason "It was in a public repository."'],
    options: (command) => void teamOption(command).requiredOption('--reason <text>', 'why; whoever uses the key is told'),
    async run({ args, flags, connect, show }) {
      const { client, installation } = connect('admin');
      const team = teamOf(flags, installation);
      const frozen = await client.call({ method: 'POST', path: `${pathOf(team, args[0])}/freeze`, body: { reason: flags.reason } });
      show(frozen, () => `✓ Key ${team}/${args[0] ?? ''} is frozen: ${flags.reason}`);
      return 0;
    },
  });
  define<TeamFlags>(keys, host, {
    usage: 'unfreeze <name>',
    summary: 'lift what incidents and people do to a key (frozen, slowed down, or kept to a price); incidents stay open',
    examples: ['keys unfreeze site --team studio'],
    options: (command) => void teamOption(command),
    async run({ args, flags, connect, show }) {
      const { client, installation } = connect('admin');
      const team = teamOf(flags, installation);
      const answer = asObject(await client.call({ method: 'POST', path: `${pathOf(team, args[0])}/unfreeze` })) ?? {};
      const name = `${team}/${args[0] ?? ''}`;
      show(answer, () => (answer['released'] === true ? `✓ ${name} works as before.` : `Nothing was done to ${name}.`));
      return 0;
    },
  });
  define<TeamFlags>(keys, host, {
    usage: 'revoke <name>',
    summary: 'revoke a key immediately; running work still finishes',
    examples: ['keys revoke trial --team studio'],
    options: (command) => void teamOption(command),
    async run({ args, flags, connect, show }) {
      const { client, installation } = connect('admin');
      const team = teamOf(flags, installation);
      const revoked = await client.call({ method: 'DELETE', path: pathOf(team, args[0]), repeats: 2 });
      show(revoked, () => `✓ Key ${team}/${args[0] ?? ''} is revoked.`);
      return 0;
    },
  });
}

function teamOf({ team }: TeamFlags, installation: Installation): string {
  const found = team ?? installation.team;
  if (found === null) throw usageFailure('No team given.', 'Use --team TEAM. `atelier keys list` shows teams and keys.');
  return found;
}

function pathOf(team: string, name = ''): string {
  return `/admin/v1/keys/${encodeURIComponent(team)}/${encodeURIComponent(name)}`;
}
