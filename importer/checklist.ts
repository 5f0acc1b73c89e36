import type { LanguageName } from '../domain/explanation/language';
import { checklistOf, oldAddressOf, type Check } from '../domain/migration/checklist';
import type { MoveState, TargetInstallation, TrafficState } from './apply/installation';
import type { Plan } from './plan/read';
import { surveyOf } from './plan/survey';

export interface Standing {
  /** Null: nothing was applied yet. */
  readonly batch_id: string | null;
  readonly counts: MoveState['counts'];
  readonly checks: readonly Check[];
}

interface StandingOptions {
  readonly language: LanguageName;
  /** Whether something answers at an address, for the old gateway. */
  readonly answers: (address: string) => Promise<boolean>;
}

/** Where a move stands: mapping, balances, permissions, providers, logs, traffic, delta, the way back, notices. */
export async function standingOf(
  plan: Plan,
  planFile: string,
  target: TargetInstallation,
  { language, answers }: StandingOptions,
): Promise<Standing> {
  const { source } = plan.head;
  const move = await target.begin({ source: source.fingerprint, product: source.product, location: source.location, dry_run: true });
  const traffic = move.id === null ? null : await target.traffic(move.id);
  const { facts } = await surveyOf(plan);
  const address = oldAddressOf(facts, traffic?.base_url ?? null);
  const standing = {
    hasBegun: move.id !== null,
    came: move.counts,
    usageThrough: move.usage_through,
    balanceUsd: move.balance_usd,
    ledgerUsd: move.ledger_usd,
    delta: deltaOf(move),
    traffic: sidesOf(traffic),
    enabled: await target.enabledProviders(),
    oldGateway: address === null ? null : { address, answers: await answers(address) },
  };
  return { batch_id: move.id, counts: move.counts, checks: checklistOf(facts, standing, language, planFile) };
}

function deltaOf({ delta }: MoveState) {
  return delta === null ? null : { at: new Date(delta.at), spentUsd: delta.spent_usd, addedUsd: delta.added_usd };
}

function sidesOf(traffic: TrafficState | null) {
  return traffic === null || traffic.state === 'off' ? null : { percent: traffic.percent, ...traffic.old_keys };
}
