import type { Command } from 'commander';
import { Option } from 'commander';
import { readPlan } from '../../importer/plan/read';
import { takeDelta, type DeltaReport } from '../../importer/delta';
import { moveOf, needsKeys, setTraffic, type TrafficReport, type TrafficRequest } from '../../importer/traffic';
import type { Rollback, TrafficState } from '../../importer/apply/installation';
import { define, type CommandHost } from '../commands/define';
import { usageFailure } from '../failure';
import { table } from '../table';
import { addSource, placeOf, progressOn, withSource, type PlanSourceFlags } from './source';
import { createTarget } from './target';

interface TrafficFlags extends PlanSourceFlags {
  readonly percent?: string;
  readonly team?: string;
  readonly oldKey?: string;
  readonly by?: 'key' | 'member';
  readonly end?: boolean;
}

/** `atelier migrate traffic`, `rollback` and `delta` */
export function addTraffic(migrate: Command, host: CommandHost): void {
  define<TrafficFlags>(migrate, host, {
    usage: 'traffic <plan>',
    summary: 'say which share of the old keys is served here, and which goes on to the old gateway under the same key',
    examples: [
      'migrate traffic plan.yaml',
      'migrate traffic plan.yaml --percent 10 --by member',
      'migrate traffic plan.yaml --percent 100 --team vip',
      'migrate traffic plan.yaml --end',
    ],
    options: (command) =>
      addSource(command)
        .option('--percent <share>', 'of the keys, 0 to 100; absent: only say how it is')
        .option('--team <team>', 'the share is of this team alone')
        .option('--old-key <team/name>', 'of this key alone: 0 or 100')
        .addOption(new Option('--by <what>', 'member: all keys of a person are on one side').choices(['key', 'member']))
        .option('--end', 'all is served here from now on, and the old keys are deleted: there is no way back by rollback'),
    async run({ args, flags, deps, connect, show }) {
      const plan = await readPlan(args[0] ?? '');
      const { client, installation } = connect('admin');
      const target = createTarget(client, installation, deps.fetch);
      if (flags.end === true || flags.percent === undefined) {
        const { id } = await moveOf(plan, target);
        const state = flags.end === true ? await target.endTraffic(id) : await target.traffic(id);
        show(state, () => trafficText(state));
        return 0;
      }
      const request = requestOf(flags);
      const report = (await needsKeys(plan, target))
        ? await withSource(deps, ...placeOf(plan, flags, deps), (source) => setTraffic(plan, source, target, request))
        : await setTraffic(plan, null, target, request);
      show(report, () => setText(report));
      return 0;
    },
  });

  define(migrate, host, {
    usage: 'rollback <plan>',
    summary: 'send all old keys back to the old gateway in one step, and list what was spent here since',
    examples: ['migrate rollback plan.yaml', 'migrate rollback plan.yaml --json'],
    async run({ args, deps, connect, show }) {
      const plan = await readPlan(args[0] ?? '');
      const { client, installation } = connect('admin');
      const target = createTarget(client, installation, deps.fetch);
      const rollback = await target.rollback((await moveOf(plan, target)).id);
      show(rollback, () => rollbackText(rollback));
      return 0;
    },
  });

  define<PlanSourceFlags & { readonly dryRun?: boolean }>(migrate, host, {
    usage: 'delta <plan>',
    summary:
      'take over what changed at the source since it was asked last: spending, credit, keys that are refused now; a repeat changes nothing',
    examples: ['migrate delta plan.yaml --dry-run', 'migrate delta plan.yaml --json'],
    options: (command) => addSource(command).option('--dry-run', 'say what would be booked, and change nothing'),
    async run({ args, flags, deps, output, connect, show }) {
      const plan = await readPlan(args[0] ?? '');
      const { client, installation } = connect('admin');
      const target = createTarget(client, installation, deps.fetch);
      const report = await withSource(deps, ...placeOf(plan, flags, deps), (source) =>
        takeDelta(plan, source, target, { dryRun: flags.dryRun === true, progress: progressOn(output.note) }),
      );
      show(report, () => deltaText(report));
      return 0;
    },
  });
}

function requestOf({ percent = '', team, oldKey: key, by }: TrafficFlags): TrafficRequest {
  const share = Number(percent);
  if (!/^\d{1,3}(\.\d{1,2})?$/.test(percent) || share > 100)
    throw usageFailure('--percent is no share.', 'Write it as 30 or 12.5, from 0 to 100.');
  if (team !== undefined && key !== undefined) throw usageFailure('--team and --old-key are given both.', 'Give one of them.');
  const [, keyTeam, name] = /^([^/]+)\/(.+)$/s.exec(key ?? '') ?? [];
  if (key !== undefined && (keyTeam === undefined || name === undefined)) {
    throw usageFailure('--old-key names no key.', 'Write it as TEAM/NAME, as atelier keys list shows it.');
  }
  return {
    percent: share,
    ...(team === undefined ? {} : { team }),
    ...(keyTeam === undefined || name === undefined ? {} : { key: { team: keyTeam, name } }),
    ...(by === undefined ? {} : { splitBy: by }),
  };
}

function trafficText({ state, provider, base_url: baseUrl, percent, split_by: by, teams, keys, old_keys: sides }: TrafficState): string {
  if (state === 'off') return 'All keys are served here; nothing goes through the old gateway, and none of its keys is kept.';
  return [
    `${String(percent)} % of the ${by === 'key' ? 'keys' : 'people with all their keys'}: ${String(sides.here)} keys are served here, ${String(sides.old)} by ${provider ?? ''} (${baseUrl ?? ''}).`,
    ...teams.map((one) => `  team ${one.team}: ${String(one.percent)} %`),
    ...keys.map((one) => `  key ${one.team}/${one.name}: ${String(one.percent)} %`),
  ].join('\n');
}

function setText(report: TrafficReport): string {
  return [
    trafficText(report),
    ...(report.handed_over === 0
      ? []
      : [`${String(report.handed_over)} old keys were handed over, to call the old gateway with; --end deletes them.`]),
    ...(report.refused.length === 0
      ? []
      : [
          `${String(report.refused.length)} keys are not those that came in, and are served here: ${report.refused.slice(0, 10).join(', ')}.`,
        ]),
  ].join('\n');
}

const MOST_TOLD = 20;

function rollbackText({ traffic, spent_here: spent }: Rollback): string {
  return [
    trafficText(traffic),
    `Spent here since ${spent.since}: ${spent.total_usd} USD. The old gateway does not know of it: take it off there by hand, or let it be.`,
    ...(spent.data.length === 0
      ? []
      : [
          '',
          table(
            ['TEAM', 'KEY', 'OWNER', 'REQUESTS', 'USD'],
            spent.data.slice(0, MOST_TOLD).map((one) => [one.team, one.key, one.owner ?? '', String(one.requests), one.spent_usd]),
          ),
        ]),
    ...(spent.data.length > MOST_TOLD ? [`and ${String(spent.data.length - MOST_TOLD)} more (--json lists them)`] : []),
  ].join('\n');
}

function deltaText({ dry_run: dryRun, members, keys, states, new: fresh, usage }: DeltaReport): string {
  return [
    dryRun ? 'Dry run: nothing was changed.' : '✓ What changed at the source is booked.',
    `Balances: ${String(members.changed)} changed: ${members.spent_usd} USD were spent there, ${members.added_usd} USD added.`,
    `Limits of keys: ${String(keys.changed)} changed: ${keys.spent_usd} USD less, ${keys.added_usd} USD more.`,
    ...statesText('users', states.users),
    ...statesText('keys', states.keys),
    `Charts of usage: ${String(usage)} sums of an hour.`,
    ...(fresh.users + fresh.keys === 0
      ? []
      : [`New there: ${String(fresh.users)} users, ${String(fresh.keys)} keys. A new plan brings them: atelier migrate plan, then apply.`]),
  ].join('\n');
}

function statesText(of: 'users' | 'keys', { refused, restored, bounds }: DeltaReport['states']['keys']): readonly string[] {
  const line = (ids: readonly string[], what: string): readonly string[] =>
    ids.length === 0
      ? []
      : [
          `${String(ids.length)} ${of} ${what}: ${ids.slice(0, MOST_TOLD).join(', ')}${ids.length > MOST_TOLD ? ', … (--json lists them)' : ''}.`,
        ];
  return [
    ...line(refused, 'are refused there now, and here too'),
    ...line(restored, 'are let in there again, and here too'),
    ...line(bounds, 'have other bounds there (limited or not, expiry, models, addresses), which hold here now'),
  ];
}
