import { Option, type Command } from 'commander';
import { CREDENTIAL_CLASSES } from '../../domain/access/classes';
import { RETENTION_KIND_NAMES } from '../../domain/retention/retention';
import { usageFailure } from '../failure';
import { wholeNumber } from '../flag-values';
import type { ApiClient } from '../http/client';
import { asList, asObject, asText, type JsonObject } from '../json-value';
import { table } from '../table';
import { define, type CommandHost } from './define';

interface SetFlags {
  readonly team?: string;
  readonly class?: string;
  readonly days?: number;
  readonly forever?: true;
  readonly default?: true;
}

interface HoldFlags {
  readonly team?: string;
  readonly task?: string;
  readonly campaign?: string;
  readonly reason: string;
}

const PATH = '/admin/v1/retention';

/** `atelier retention ...` */
export function addRetention(program: Command, host: CommandHost): void {
  const retention = program.command('retention').description('how long records are kept, and what is on hold (needs the admin key)');
  define(retention, host, {
    usage: 'show',
    summary: 'show how long records are kept, by kind, team and class of keys',
    examples: ['retention show'],
    async run({ connect, show }) {
      const policy = asObject(await connect('admin').client.call({ path: PATH })) ?? {};
      show(policy, () => policyText(policy));
      return 0;
    },
  });
  define<SetFlags>(retention, host, {
    usage: 'set <kind>',
    summary: `set how long records of a kind are kept: ${RETENTION_KIND_NAMES.join(', ')}`,
    examples: [
      'retention set callbacks --days 90',
      'retention set contents --team studio --class test --days 7',
      'retention set calls --default',
    ],
    options: (command) => {
      command
        .option('--team <team>', 'of this team')
        .addOption(new Option('--class <class>', 'of keys of this class').choices(CREDENTIAL_CLASSES))
        .addOption(new Option('--days <days>', 'for so many days').argParser(wholeNumber).conflicts(['forever', 'default']))
        .addOption(new Option('--forever', 'for good').conflicts('default'))
        .option('--default', 'take the rule away');
    },
    async run({ args, flags, connect, show }) {
      const [kind = ''] = args;
      if (flags.days === undefined && flags.forever !== true && flags.default !== true) {
        throw usageFailure('Say how long: --days DAYS, --forever or --default.');
      }
      const { client } = connect('admin');
      const [team, ofClass] = [flags.team ?? null, flags.class ?? null];
      const others = (await rulesOf(client)).filter((rule) => rule['kind'] !== kind || rule['team'] !== team || rule['class'] !== ofClass);
      const rules = [
        ...others.map(({ managed_by: _by, ...rule }) => rule),
        ...(flags.default === true ? [] : [{ kind, team, class: ofClass, days: flags.days ?? null }]),
      ];
      const policy = asObject(await client.call({ method: 'PUT', path: PATH, body: { rules } })) ?? {};
      show(policy, () => policyText(policy));
      return 0;
    },
  });
  define(retention, host, {
    usage: 'preview',
    summary: 'count what the next turns of the housekeeping would delete, without deleting it',
    examples: ['retention preview'],
    run: ({ connect, show }) => showList(connect('admin').client, `${PATH}/preview`, show, removedTable),
  });
  define(retention, host, {
    usage: 'report',
    summary: 'show what was deleted, by turn, kind and team',
    examples: ['retention report --json'],
    run: ({ connect, show }) => showList(connect('admin').client, `${PATH}/runs?limit=100`, show, removedTable),
  });
  define(retention, host, {
    usage: 'holds',
    summary: 'list what is on hold',
    examples: ['retention holds'],
    run: ({ connect, show }) => showList(connect('admin').client, `${PATH}/holds`, show, holdTable),
  });
  define<HoldFlags>(retention, host, {
    usage: 'hold',
    summary: 'keep all of a team, a task or a campaign, whatever its retention says',
    examples: ['retention hold --team studio --reason "case 12/26"', 'retention hold --task task_0192... --reason complaint'],
    options: (command) => {
      command
        .addOption(new Option('--team <team>', 'all that is of this team').conflicts(['task', 'campaign']))
        .addOption(new Option('--task <id>', 'this task').conflicts('campaign'))
        .option('--campaign <id>', 'this campaign with its items')
        .requiredOption('--reason <text>', 'why');
    },
    async run({ flags: { team, task, campaign, reason }, connect, show }) {
      if ((team ?? task ?? campaign) === undefined) throw usageFailure('Say what: --team, --task or --campaign.');
      const body = { team, task, campaign, reason };
      const hold = asObject(await connect('admin').client.call({ method: 'POST', path: `${PATH}/holds`, body })) ?? {};
      show(hold, () => `✓ It is kept until "atelier retention release ${String(hold['id'])}".`);
      return 0;
    },
  });
  define(retention, host, {
    usage: 'release <hold>',
    summary: 'release a hold: its things go as their retention says',
    examples: ['retention release hold_0192...'],
    async run({ args, connect, show }) {
      const path = `${PATH}/holds/${encodeURIComponent(args[0] ?? '')}`;
      show(await connect('admin').client.call({ method: 'DELETE', path }), () => '✓ The hold is released.');
      return 0;
    },
  });
}

/** Those that are not in the configuration file. */
async function rulesOf(client: ApiClient): Promise<readonly JsonObject[]> {
  const policy = asObject(await client.call({ path: PATH })) ?? {};
  return objectsOf(policy['rules']).filter((rule) => rule['managed_by'] !== 'file');
}

function objectsOf(list: unknown): readonly JsonObject[] {
  return asList(list).flatMap((one) => {
    const object = asObject(one);
    return object === null ? [] : [object];
  });
}

async function showList(
  client: ApiClient,
  path: string,
  show: (document: unknown, text: () => string) => void,
  text: (things: readonly JsonObject[]) => string,
): Promise<0> {
  const list = asObject(await client.call({ path })) ?? {};
  const things = objectsOf(list['data']);
  show(list, () => (things.length === 0 ? 'Nothing.' : text(things)));
  return 0;
}

function policyText(policy: JsonObject): string {
  const days = (value: unknown): string => (typeof value === 'number' ? String(value) : 'forever');
  const kinds = objectsOf(policy['kinds']);
  const rules = objectsOf(policy['rules']);
  return table(
    ['KIND', 'TEAM', 'CLASS', 'DAYS', 'SET BY'],
    [
      ...kinds.map((kind) => [String(kind['kind']), 'all', 'all', days(kind['default_days']), 'default']),
      ...rules.map((rule) => [
        String(rule['kind']),
        asText(rule['team']) ?? 'all',
        asText(rule['class']) ?? 'all',
        days(rule['days']),
        String(rule['managed_by']),
      ]),
    ],
  );
}

function removedTable(things: readonly JsonObject[]): string {
  return table(
    ['BEGAN', 'KIND', 'TEAM', 'ROWS', 'BYTES'],
    things.map((one) => [
      (asText(one['started_at']) ?? '').slice(0, 19).replace('T', ' '),
      String(one['kind']),
      asText(one['team']) ?? '',
      String(one['rows']),
      String(one['bytes']),
    ]),
  );
}

function holdTable(holds: readonly JsonObject[]): string {
  return table(
    ['HOLD', 'ON', 'SINCE', 'REASON'],
    holds.map((hold) => [
      String(hold['id']),
      asText(hold['team']) ?? asText(hold['task']) ?? asText(hold['campaign']) ?? '',
      (asText(hold['created_at']) ?? '').slice(0, 10),
      String(hold['reason']),
    ]),
  );
}
