import type { Finding, Severity } from '../../../domain/alert/incident';
import { reached, type Alert, type WatchedBudget } from '../../../domain/alert/rule';
import { formatUsd } from '../../../domain/money/money';
import type { WatchingDeps } from '../deps';

/** Budgets of which a threshold is spent: the highest one only, when several were passed at once. */
export async function findBudgets(
  { watch }: Pick<WatchingDeps, 'watch'>,
  { team, credential, settings }: Alert,
): Promise<readonly Finding[]> {
  const { thresholds, budgets } = settings;
  const scope = { teamId: team?.id ?? null, credentialId: credential?.id ?? null };
  const kinds: readonly WatchedBudget[] =
    budgets ?? (credential !== null ? ['credential'] : team !== null ? ['team'] : ['organisation', 'team']);
  const found = await watch.budgets(scope, kinds, Math.floor(Math.min(...thresholds)));
  return found.flatMap((budget): Finding[] => {
    const { limitMicroUsd, spentMicroUsd } = budget;
    const percent = Number((spentMicroUsd * 10_000n) / limitMicroUsd) / 100;
    const passed = thresholds.filter((threshold) => percent >= threshold);
    const threshold = reached(thresholds, percent);
    if (threshold === null) return [];
    // The lower ones that were told of before stay as they are: each threshold of a budget is an incident of its own.
    return passed.map((one) => ({
      key: `${String(budget.accountId)}:${String(limitMicroUsd)}:${String(one)}`,
      isNews: one === threshold,
      severity: severityOf(one),
      teamId: budget.teamId,
      credentialId: budget.credential?.id ?? null,
      subject: {
        budget: budget.title,
        ...(budget.team === null ? {} : { team: budget.team }),
        ...(budget.credential === null ? {} : { credential: budget.credential.name }),
      },
      evidence: {
        budget: budget.title,
        period: budget.period,
        threshold: one,
        percent: Math.floor(percent * 10) / 10,
        limit_usd: formatUsd(limitMicroUsd),
        spent_usd: formatUsd(spentMicroUsd),
        resets_at: budget.resetsAt?.toISOString() ?? null,
      },
    }));
  });
}

function severityOf(threshold: number): Severity {
  return threshold >= 100 ? 'critical' : threshold >= 80 ? 'warning' : 'info';
}
