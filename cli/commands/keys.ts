import { Option, type Command } from 'commander';
import { CREDENTIAL_CLASSES, IMAGES_DEFAULTS } from '../../domain/access/caller';
import { MODALITIES } from '../../domain/provider/catalogue';
import { usageFailure } from '../failure';
import { usd } from '../flag-values';
import type { Installation } from '../installation';
import { asList, asObject, asText, type JsonObject } from '../json-value';
import { table } from '../table';
import { define, type CommandHost } from './define';

interface CreateFlags {
  readonly team?: string;
  readonly class: string;
  readonly limit?: string;
  readonly models: string;
  readonly images?: string;
  readonly list?: string;
}

interface TeamFlags {
  readonly team?: string;
}

/** `atelier keys ...` */
export function addKeys(program: Command, host: CommandHost): void {
  const keys = program.command('keys').description('API keys of teams (needs the admin key)');
  define<CreateFlags>(keys, host, {
    usage: 'create <name>',
    summary: 'create a key; it is shown only this once',
    examples: [
      'keys create site --team studio --class production --limit 100',
      'keys create trial --class test --models sandbox-text,sandbox-image',
    ],
    options: (command) => {
      command
        .option('--team <team>', 'default: the sample team')
        .addOption(
          new Option('--class <class>', 'what the key is for; budgets are set per class').choices(CREDENTIAL_CLASSES).default('personal'),
        )
        .option('--limit <usd>', 'total spending limit, such as 100 (default: none of its own)', usd)
        .option('--models <names>', 'comma-separated models it may use', '*')
        .addOption(
          new Option('--images <form>', 'image format when a client does not specify one (default: b64_json)').choices(IMAGES_DEFAULTS),
        )
        .addOption(
          new Option('--list <modality>', 'models a client is shown unless it asks for others (default: all)').choices(MODALITIES),
        );
    },
    async run({ args, flags, isJson, output, connect, show }) {
      const { client, installation } = connect('admin');
      const body = {
        team: teamOf(flags, installation),
        name: args[0],
        class: flags.class,
        models: flags.models.split(',').map((name) => name.trim()),
        ...(flags.limit === undefined ? {} : { limit_usd: flags.limit }),
        ...(flags.images === undefined ? {} : { images_default: flags.images }),
        ...(flags.list === undefined ? {} : { models_default: flags.list }),
      };
      const created = asObject(await client.call({ method: 'POST', path: '/admin/v1/keys', body })) ?? {};
      if (!isJson) output.note(`Key ${body.team}/${body.name ?? ''} created. Store it now: it will not be shown again.`);
      show(created, () => asText(created['key']) ?? '');
      return 0;
    },
  });
  define<TeamFlags>(keys, host, {
    usage: 'list',
    summary: 'list valid keys with their limits and spending',
    examples: ['keys list', 'keys list --team studio --json'],
    options: (command) => {
      command.option('--team <team>', 'only keys of this team');
    },
    async run({ flags, connect, show }) {
      const answer = asObject(await connect('admin').client.call({ path: '/admin/v1/keys', query: { team: flags.team } })) ?? {};
      show(answer, () => keyTable(asList(answer['data']).map((key) => asObject(key) ?? {})));
      return 0;
    },
  });
  define<TeamFlags>(keys, host, {
    usage: 'revoke <name>',
    summary: 'revoke a key immediately; running work still finishes',
    examples: ['keys revoke trial --team studio'],
    options: (command) => {
      command.option('--team <team>', 'default: the sample team');
    },
    async run({ args, flags, connect, show }) {
      const { client, installation } = connect('admin');
      const team = teamOf(flags, installation);
      const name = args[0] ?? '';
      const path = `/admin/v1/keys/${encodeURIComponent(team)}/${encodeURIComponent(name)}`;
      const revoked = await client.call({ method: 'DELETE', path, repeats: 2 });
      show(revoked, () => `✓ Key ${team}/${name} is revoked.`);
      return 0;
    },
  });
}

function teamOf({ team }: TeamFlags, installation: Installation): string {
  const found = team ?? installation.team;
  if (found === null) throw usageFailure('No team given.', 'Use --team TEAM. `atelier keys list` shows teams and keys.');
  return found;
}

function keyTable(keys: readonly JsonObject[]): string {
  if (keys.length === 0) return 'No keys.';
  return table(
    ['TEAM', 'NAME', 'CLASS', 'KEY', 'LIMIT USD', 'SPENT USD', 'HELD USD', 'MODELS'],
    keys.map((key) => [
      ...(['team', 'name', 'class', 'hint'] as const).map((field) => asText(key[field]) ?? ''),
      asText(key['limit_usd']) ?? 'none',
      asText(key['spent_usd']) ?? '',
      asText(key['held_usd']) ?? '',
      asList(key['models']).join(','),
    ]),
  );
}
