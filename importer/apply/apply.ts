import { AppError } from '../../domain/errors';
import type { LegacySource, Progress } from '../../domain/migration/source';
import { formatUsd } from '../../domain/money/money';
import { microUsd, quotaPerUsd } from '../money';
import type { PlanSkip } from '../plan/plan';
import type { Plan } from '../plan/read';
import { sendRows, type ListOutcome } from './groups';
import { sendUsage, taskRows } from './history';
import type { TargetInstallation } from './installation';
import { credentialRows, memberRows, modelRows, providerRows, teamRows, type Leave } from './rows';

/** What an apply did, for programs and people. */
export interface ApplyReport {
  /** Nothing that the plan wants was refused by the installation. */
  readonly ok: boolean;
  readonly dry_run: boolean;
  /** Null: a dry run of a move that has not begun. */
  readonly batch_id: string | null;
  readonly imported: Counts;
  /** What was there from an earlier apply and was left as it is. */
  readonly unchanged: Counts;
  readonly skipped: readonly (PlanSkip | Skip)[];
  readonly balances: {
    readonly source_quota: string;
    readonly source_usd: string;
    readonly imported_usd: string;
    readonly difference_usd: string;
  };
}

type Counts = Readonly<Record<'teams' | 'users' | 'keys' | 'providers' | 'models' | 'tasks', number>>;

interface Skip {
  readonly entity: string;
  readonly legacy_id: number | string;
  readonly reason: string;
  readonly message?: string;
}

export interface ApplyOptions {
  readonly dryRun: boolean;
  readonly progress: Progress;
}

/** Told in the plan already. */
const HARMLESS: ReadonlySet<string> = new Set(['no_price', 'no_route']);

/**
 * Brings the plan into the installation: what came in before is left as it is, so that a repeat changes nothing and one after a break goes on.
 * @throws AppError `conflict` when the source is not the one that the plan was made of
 */
export async function applyPlan(plan: Plan, source: LegacySource, target: TargetInstallation, options: ApplyOptions): Promise<ApplyReport> {
  requireSame(plan, source);
  const { dryRun, progress } = options;
  const perUsd = quotaPerUsd(await source.options());
  // All of the plan is read before anything is brought in.
  const { owners, sumMicroUsd } = await membersOf(plan);
  const skipped: (PlanSkip | Skip)[] = [];
  for await (const skip of plan.entries('skipped')) skipped.push(skip);
  await leftOut(plan, skipped);
  const begun = await target.begin({ source: source.fingerprint, product: source.product, location: source.location, dry_run: dryRun });
  const move = { id: begun.id, dryRun, usageThrough: begun.usage_through };
  const refused: Skip[] = [];
  const leave: Leave = (entity, legacyId, reason, message) => {
    const skip = { entity, legacy_id: legacyId, reason, ...(message === undefined ? {} : { message }) };
    skipped.push(skip);
    if (!HARMLESS.has(reason)) refused.push(skip);
  };
  const note = (entity: string, { skipped: rows }: ListOutcome): void =>
    rows.forEach(({ legacy_id: id, reason, message }) => {
      if (entity === 'model' && reason === 'name_in_use') {
        skipped.push({ entity, legacy_id: id, reason, ...(message === undefined ? {} : { message }) });
      } else leave(entity, /^\d+$/.test(id) ? Number(id) : id, reason, message);
    });

  const teams = await sendRows(target, move, 'teams', teamRows(plan));
  note('group', teams);
  const providers = await sendRows(target, move, 'providers', providerRows(plan, source, leave));
  note('channel', providers);
  const models = await sendRows(target, move, 'models', modelRows(plan, await servedBy(plan, target, dryRun), leave));
  note('model', models);
  const members = await sendRows(target, move, 'members', memberRows(plan));
  note('user', members);
  const keys = await sendRows(target, move, 'credentials', counted(credentialRows(plan, source, owners, leave), progress, plan));
  note('token', keys);
  const tasks = plan.head.history.include ? await sendRows(target, move, 'tasks', taskRows(source, perUsd)) : NOTHING;
  note('task', { ...tasks, skipped: tasks.skipped.filter(({ reason }) => reason !== 'owner_missing') });
  if (plan.head.usage.include) await sendUsage(source, { target, move, perUsd, progress });

  const after = dryRun
    ? null
    : await target.begin({ source: source.fingerprint, product: source.product, location: source.location, dry_run: false });
  const importedMicroUsd = after === null ? sumMicroUsd : microUsd(after.balance_usd);
  const { source_quota: quota, source_usd: usd } = plan.head.balances;
  const of = (what: 'imported' | 'unchanged'): Counts => ({
    teams: teams[what],
    users: members[what],
    keys: keys[what],
    providers: providers[what],
    models: models[what],
    tasks: tasks[what],
  });
  return {
    ok: refused.length === 0,
    dry_run: dryRun,
    batch_id: after?.id ?? begun.id,
    imported: of('imported'),
    unchanged: of('unchanged'),
    skipped,
    balances: {
      source_quota: quota,
      source_usd: usd,
      imported_usd: formatUsd(importedMicroUsd),
      difference_usd: formatUsd(importedMicroUsd - microUsd(usd)),
    },
  };
}

const NOTHING: ListOutcome = { imported: 0, unchanged: 0, skipped: [] };

/** @throws AppError `conflict` */
export function requireSame({ head }: Plan, source: LegacySource): void {
  if (head.source.fingerprint === source.fingerprint && head.source.product === source.product) return;
  throw new AppError('conflict', `${source.location} is not the installation that the plan was made of. Nothing was imported.`);
}

/** Providers that routes may lead to: those of the installation, and in a dry run those of the plan. */
async function servedBy(plan: Plan, target: TargetInstallation, dryRun: boolean): Promise<ReadonlySet<string>> {
  const names = new Set(await target.names('providers'));
  if (dryRun) for await (const { include, name } of plan.entries('providers')) if (include !== false) names.add(name);
  return names;
}

async function membersOf(plan: Plan): Promise<{ readonly owners: ReadonlyMap<string, number>; readonly sumMicroUsd: bigint }> {
  const owners = new Map<string, number>();
  let sumMicroUsd = 0n;
  for await (const member of plan.entries('members')) {
    if (member.include === false) continue;
    owners.set(member.name, member.legacy_id);
    sumMicroUsd += microUsd(member.balance_usd);
  }
  return { owners, sumMicroUsd };
}

async function* counted(rows: AsyncIterable<object>, progress: Progress, { head }: Plan): AsyncGenerator<object> {
  let sent = 0;
  for await (const row of rows) {
    yield row;
    sent += 1;
    progress('tokens', sent, head.tables['tokens']?.imported ?? sent);
  }
}

/** Entries that a person left out. */
async function leftOut(plan: Plan, skipped: (PlanSkip | Skip)[]): Promise<void> {
  const reason = 'left_out';
  for await (const { include, legacy_group: id } of plan.entries('teams'))
    if (include === false) skipped.push({ entity: 'group', legacy_id: id, reason });
  for await (const { include, legacy_id: id } of plan.entries('providers'))
    if (include === false) skipped.push({ entity: 'channel', legacy_id: id, reason });
  for await (const { include, name } of plan.entries('models'))
    if (include === false) skipped.push({ entity: 'model', legacy_id: name, reason });
  for await (const { include, legacy_id: id } of plan.entries('members'))
    if (include === false) skipped.push({ entity: 'user', legacy_id: id, reason });
  for await (const { include, legacy_id: id } of plan.entries('credentials'))
    if (include === false) skipped.push({ entity: 'token', legacy_id: id, reason });
}
