import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { budgetsQuery, type Budget } from '../../api/budgets';
import { keysQuery, type Key } from '../../api/keys';
import { useWhole } from '../../api/paged';
import { useMay } from '../../api/session';
import { organisationQuery, projectsQuery, teamQuery, type BudgetLimits, type Project, type Team } from '../../api/team';
import { usageQuery, type UsageQuery, type UsageRow } from '../../api/usage';
import { dayIn, firstOfMonth } from '../../lib/days';

export type Period = 'total' | 'monthly' | 'daily';
export type ScopeKind = 'organisation' | 'team' | 'class' | 'project' | 'member' | 'credential' | 'campaign';

/** What a budget is of. */
export interface Scope {
  readonly kind: ScopeKind;
  /** Of the class, project, credential or member; empty for the organisation and the team. */
  readonly name: string;
}

/** One limit of one thing, with what was spent of it so far. */
export interface BudgetRow extends Scope {
  /** By which it tells its own series; null: it does not bind the person. */
  readonly id: string | null;
  readonly key: string;
  readonly period: Period;
  readonly limitUsd: string;
  readonly spentUsd: string;
  /** Set aside for what runs; null: not known by period. */
  readonly heldUsd: string | null;
  /** It is changed where it is written: in the file, or here. */
  readonly isOfFile: boolean;
}

export const PERIODS: readonly Period[] = ['total', 'monthly', 'daily'];
const LONG_AGO = '2020-01-01';

export const rowKey = ({ kind, name }: Scope, period: Period): string => [kind, name, period].join(':');

/** The filter of usage that counts what a budget counts. */
export function filterOf({ kind, name }: Scope, team: string): UsageQuery {
  if (kind === 'organisation') return {};
  if (kind === 'class') return { team, class: name as 'test' };
  if (kind === 'project') return { team, project: name };
  if (kind === 'member') return { team, member: name };
  if (kind === 'credential') return { team, credential: name };
  return { team };
}

/**
 * The budgets of a team, the widest first. Limits come from where they are kept, what was spent in a period from usage, which counts as the
 * ledger does. Who may not see the team's budgets sees those that bind them.
 */
export function useBudgetRows(team: string) {
  const seesAll = useMay('budget.read');
  const seesOrganisation = useMay('organisation.read') && seesAll;
  const seesOwn = useMay('allowance.read') && !seesAll;
  const own = useQuery({ ...budgetsQuery(team), enabled: seesOwn });
  const organisation = useQuery({ ...organisationQuery, enabled: seesOrganisation });
  const one = useQuery({ ...teamQuery(team), enabled: seesAll });
  const projects = useInfiniteQuery({ ...projectsQuery(team), enabled: seesAll });
  const keys = useInfiniteQuery({ ...keysQuery(team, { state: 'active' }), enabled: seesAll });
  const allProjects = useWhole(projects);
  const allKeys = useWhole(keys);
  const zone = one.data?.time_zone ?? 'UTC';
  const today = dayIn(zone, Date.now());
  const by = { team, group_by: 'class,project,credential,member', time_zone: zone };
  const all = useQuery({ ...usageQuery({ ...by, from: LONG_AGO }), enabled: one.data !== undefined });
  const month = useQuery({ ...usageQuery({ ...by, from: firstOfMonth(today) }), enabled: one.data !== undefined });
  const day = useQuery({ ...usageQuery({ ...by, from: today }), enabled: one.data !== undefined });
  const todayUtc = dayIn('UTC', Date.now());
  const everywhere = useQuery({ ...usageQuery({ from: LONG_AGO, interval: 'none' }), enabled: seesOrganisation });
  const everywhereMonth = useQuery({ ...usageQuery({ from: firstOfMonth(todayUtc), time_zone: 'UTC' }), enabled: seesOrganisation });
  const everywhereDay = useQuery({ ...usageQuery({ from: todayUtc, time_zone: 'UTC' }), enabled: seesOrganisation });

  if (!seesAll) return { ...stateOf([own]), zone, rows: seesOwn ? own.data?.map(ofBudget) : [] };
  const asked = [
    one,
    projects,
    keys,
    all,
    month,
    day,
    ...(seesOrganisation ? [organisation, everywhere, everywhereMonth, everywhereDay] : []),
  ];
  if (one.data === undefined || allProjects === undefined || allKeys === undefined || all.data === undefined) {
    return { ...stateOf(asked), zone, rows: undefined };
  }
  if (month.data === undefined || day.data === undefined) return { ...stateOf(asked), zone, rows: undefined };
  const spent: Spent = { total: all.data.data, monthly: month.data.data, daily: day.data.data };
  const above =
    organisation.data === undefined
      ? []
      : rowsOf({ kind: 'organisation', name: '' }, organisation.data.budget_usd, true, (period) => ({
          spentUsd: { total: everywhere, monthly: everywhereMonth, daily: everywhereDay }[period].data?.total.cost_usd ?? '0',
          heldUsd: null,
        }));
  const rows = [...above, ...ofTeam(one.data, spent), ...ofProjects(allProjects, spent), ...ofKeys(allKeys, spent)];
  return { ...stateOf(asked), zone, rows };
}

type Spent = Readonly<Record<Period, readonly UsageRow[]>>;

interface Asked {
  readonly error: Error | null;
  readonly refetch: () => unknown;
}

function stateOf(asked: readonly Asked[]) {
  const failed = asked.find(({ error }) => error !== null);
  return { error: failed?.error ?? null, refetch: () => void asked.map(({ refetch }) => refetch()) };
}

function rowsOf(
  scope: Scope,
  limits: BudgetLimits | undefined,
  isOfFile: boolean,
  spentOf: (period: Period) => Pick<BudgetRow, 'spentUsd' | 'heldUsd'>,
): BudgetRow[] {
  return PERIODS.flatMap((period) => {
    const limitUsd = limits?.[period] ?? null;
    return limitUsd === null ? [] : [{ ...scope, id: null, key: rowKey(scope, period), period, limitUsd, isOfFile, ...spentOf(period) }];
  });
}

/** Micro-dollars are added as whole numbers: the sum is that of the ledger. */
function sum(rows: readonly UsageRow[]): string {
  const micro = rows.reduce((total, { cost_usd: cost }) => total + Math.round(Number(cost) * 1e6), 0);
  return String(micro / 1e6);
}

const spentWhere =
  (spent: Spent, isOf: (row: UsageRow) => boolean, total: { readonly spent: string; readonly held: string } | null) =>
  (period: Period): Pick<BudgetRow, 'spentUsd' | 'heldUsd'> =>
    period === 'total' && total !== null
      ? { spentUsd: total.spent, heldUsd: total.held }
      : { spentUsd: sum(spent[period].filter(isOf)), heldUsd: null };

function ofTeam(team: Team, spent: Spent): BudgetRow[] {
  const isOfFile = team.managed_by === 'file';
  const total = { spent: team.spent_usd ?? '0', held: team.held_usd ?? '0' };
  return [
    ...rowsOf(
      { kind: 'team', name: '' },
      team.budget_usd,
      isOfFile,
      spentWhere(spent, () => true, total),
    ),
    ...Object.entries(team.class_budgets_usd ?? {}).flatMap(([name, limits]) =>
      rowsOf(
        { kind: 'class', name },
        limits,
        isOfFile,
        spentWhere(spent, (row) => row.class === name, null),
      ),
    ),
  ];
}

function ofProjects(projects: readonly Project[], spent: Spent): BudgetRow[] {
  return projects
    .filter(({ archived }) => !archived)
    .flatMap((project) => {
      const total = { spent: project.spent_usd ?? '0', held: project.held_usd ?? '0' };
      const isOf = (row: UsageRow): boolean => row.project === project.name;
      return rowsOf(
        { kind: 'project', name: project.name },
        project.budget_usd,
        project.managed_by === 'file',
        spentWhere(spent, isOf, total),
      );
    });
}

function ofKeys(keys: readonly Key[], spent: Spent): BudgetRow[] {
  return keys.flatMap((key) => {
    const { total_usd: total, monthly_usd: monthly, daily_usd: daily } = key.limits;
    const isOf = (row: UsageRow): boolean => row.credential === key.name;
    return rowsOf(
      { kind: 'credential', name: key.name },
      { total, monthly, daily },
      key.managed_by === 'file',
      spentWhere(spent, isOf, { spent: key.spent_usd, held: key.held_usd }),
    );
  });
}

function ofBudget({ id, budget, period, limit_usd: limitUsd, spent_usd: spentUsd, held_usd: heldUsd }: Budget): BudgetRow {
  const [kind = 'team', ...rest] = budget.split(':');
  const scope = { kind: kind as ScopeKind, name: rest.join(':') };
  return { ...scope, id, key: rowKey(scope, period), period, limitUsd, spentUsd, heldUsd, isOfFile: true };
}

export const shareOf = ({ spentUsd, heldUsd, limitUsd }: BudgetRow): number =>
  Number(limitUsd) === 0 ? 1 : (Number(spentUsd) + Number(heldUsd ?? '0')) / Number(limitUsd);
