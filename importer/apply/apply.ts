import { AppError } from '../../domain/errors';
import type { LegacySource, Progress } from '../../domain/migration/source';
import type { WholePlan } from '../../domain/migration/standing';
import { formatUsd } from '../../domain/money/money';
import { microUsd, quotaPerUsd } from '../money';
import type { PlanSkip } from '../plan/plan';
import type { Plan } from '../plan/read';
import { surveyOf } from '../plan/survey';
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
  const { owners, balanceMicroUsd, leftOut, facts } = await surveyOf(plan);
  const skipped: (PlanSkip | Skip)[] = [];
  for await (const skip of plan.entries('skipped')) skipped.push(skip);
  skipped.push(...leftOut);
  const from = { source: source.fingerprint, product: source.product, location: source.location };
  const begun = await target.begin({ ...from, dry_run: dryRun, plan: shownFacts(facts) });
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

  const after = dryRun ? null : await target.begin({ ...from, dry_run: false });
  const importedMicroUsd = after === null ? balanceMicroUsd : microUsd(after.balance_usd);
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

/** As the API takes them. */
function shownFacts({ product: _, snapshotAt, oldBaseUrl, checklist, ...counts }: WholePlan): object {
  const { withoutEmail, balanceUsd, usage, ...work } = checklist;
  const { spentUsd, ...rows } = usage;
  return {
    snapshot_at: snapshotAt,
    old_base_url: oldBaseUrl,
    ...counts,
    checklist: { without_email: withoutEmail, balance_usd: balanceUsd, usage: { spent_usd: spentUsd, ...rows }, ...work },
  };
}

async function* counted(rows: AsyncIterable<object>, progress: Progress, { head }: Plan): AsyncGenerator<object> {
  let sent = 0;
  for await (const row of rows) {
    yield row;
    sent += 1;
    progress('tokens', sent, head.tables['tokens']?.imported ?? sent);
  }
}
