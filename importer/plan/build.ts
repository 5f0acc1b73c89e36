import type { LegacySource, Progress } from '../../domain/migration/source';
import { formatUsd } from '../../domain/money/money';
import { quotient, wholeNumber } from '../decimal';
import { microUsd, quotaPerUsd, usdOf } from '../money';
import { createNames, plainName } from '../names';
import { createPriceBook, type PriceBook } from '../prices';
import { createFates, type Building } from './building';
import { planChannels } from './channels';
import { planPromises, planTasks } from './history';
import { readLog } from './log';
import { planModels } from './models';
import type { PlanHead, PlanSink } from './plan';
import { planTokens } from './tokens';
import { planUsers } from './users';

/** Tables that are read for what they say, or made anew here; with the reason for their rows to stay behind. */
const WHOLE_TABLES: Readonly<Record<string, string>> = {
  abilities: 'derived_from_channels',
  options: 'settings_of_the_source',
  quota_data: 'sums_of_the_log',
  top_ups: 'payments_of_the_past',
  subscription_plans: 'for_a_human',
  subscription_orders: 'for_a_human',
  user_subscriptions: 'for_a_human',
};
const BY_ROW: ReadonlySet<string> = new Set(['users', 'tokens', 'channels', 'tasks', 'midjourneys', 'redemptions', 'logs']);

/**
 * Makes the plan of a move: every row of the source is in one of its lists, in its records and sums, or in `skipped` with a reason.
 * @returns what stands beside the lists
 */
export async function buildPlan(source: LegacySource, sink: PlanSink, progress: Progress): Promise<PlanHead> {
  const options = await source.options();
  const tables = await source.tables();
  const fates = createFates();
  const teams = createTeams(options, sink);
  const building: Building = {
    source,
    options,
    perUsd: quotaPerUsd(options),
    sink,
    progress,
    teamOf: teams.of,
    take: (table) => fates.add(table, 'imported', 1),
    leave(table, entity, id, reason, detail) {
      fates.add(table, 'skipped', 1);
      sink('skipped', { entity, legacy_id: id, reason, ...(detail === undefined ? {} : { detail }) });
    },
    leaveAll(table, entity, count, reason) {
      fates.add(table, 'skipped', count);
      sink('skipped', { entity, legacy_id: null, reason, count });
    },
  };

  const log = await readLog(building);
  const book = createPriceBook(source.product, options, log.completionRatios);
  teams.begin(book);
  const balances = await planUsers(building);
  await planTokens(building);
  planModels(building, await planChannels(building), book);
  const history = await planTasks(building, log.refunded);
  await planPromises(building);
  warnOfGroups(book, sink);
  warnOfSecrets(options, sink);
  for (const [table, rows] of Object.entries(tables)) {
    if (BY_ROW.has(table) || rows === 0) continue;
    building.leaveAll(table, table, rows, WHOLE_TABLES[table] ?? 'not_moved');
    if (WHOLE_TABLES[table] === 'for_a_human') {
      sink('warnings', {
        category: 'subscriptions_for_a_human',
        entity: table,
        count: rows,
        message: `${table} has ${String(rows)} rows. Atelier has no subscriptions: settle them by hand.`,
      });
    }
  }
  return {
    version: 1,
    source: {
      product: source.product,
      version: source.version,
      snapshot_at: source.snapshotAt.toISOString(),
      location: source.location,
      ...(source.logLocation === null ? {} : { log_location: source.logLocation }),
      fingerprint: source.fingerprint,
      quota_per_usd: quotient(building.perUsd, wholeNumber(1), 12).text,
    },
    old_gateway: { base_url: options.get('ServerAddress') ?? null },
    balances: {
      source_quota: balances.imported.toString(),
      source_usd: usdOf(balances.imported, building.perUsd),
      planned_usd: formatUsd(balances.plannedMicroUsd),
      difference_usd: formatUsd(balances.plannedMicroUsd - microUsd(usdOf(balances.imported, building.perUsd))),
    },
    history: { ...history, include: true },
    usage: { rows: fates.of('logs', 0).imported, spent_usd: usdOf(log.spent, building.perUsd), include: true },
    tables: Object.fromEntries(Object.entries(tables).map(([table, rows]) => [table, fates.of(table, rows)])),
  };
}

/** Teams by group: those with a ratio, and those that a user is in. */
function createTeams(options: ReadonlyMap<string, string>, sink: PlanSink) {
  const nameOf = createNames();
  const teams = new Map<string, string>();
  let ratios: ReadonlyMap<string, string> = new Map();
  const of = (group: string): string => {
    const known = teams.get(group);
    if (known !== undefined) return known;
    const name = nameOf(plainName(group), teams.size + 1, `group-${String(teams.size + 1)}`);
    teams.set(group, name);
    sink('teams', { legacy_group: group, name, ratio: ratios.get(group) ?? null });
    return name;
  };
  return {
    of,
    begin(book: PriceBook): void {
      ratios = book.groupRatios;
      for (const group of ratios.keys()) of(group);
    },
  };
}

function warnOfGroups({ groupRatios, betweenGroups }: PriceBook, sink: PlanSink): void {
  for (const [name, ratio] of groupRatios) {
    if (ratio === '1') continue;
    sink('warnings', {
      category: 'group_ratio',
      entity: 'group',
      name,
      ratio,
      message: `Its calls cost ${ratio} times the price: that becomes the price factor of its team.`,
    });
  }
  for (const [name, ratio] of betweenGroups) {
    sink('warnings', {
      category: 'group_group_ratio',
      entity: 'group',
      name,
      ratio,
      message: `Users of the first group pay ${ratio} times the price with keys of the second. Atelier has no such factor: they pay their team's.`,
    });
  }
}

/** What New API and One API hide from their own administrators. */
const SECRET_OPTION = /(token|secret|secretkey|key|api_key)$/i;

function warnOfSecrets(options: ReadonlyMap<string, string>, sink: PlanSink): void {
  for (const [name, value] of options) {
    if (value === '' || !SECRET_OPTION.test(name)) continue;
    sink('warnings', {
      category: 'secret_option_to_rotate',
      entity: 'option',
      name,
      message: 'Is stored in clear at the source and stays behind. Rotate it where it is used.',
    });
  }
}
