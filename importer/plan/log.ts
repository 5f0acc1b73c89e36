import type { LegacyLog } from '../../domain/migration/source';
import { objectIn } from '../json';
import type { Building } from './building';

const TOP_UP = 1;
const CONSUMPTION = 2;
const MOST_REFUNDS = 1_000_000;

/** What one pass over the log tells. */
export interface LogFacts {
  /** Completion ratios by model as they were charged last. */
  readonly completionRatios: ReadonlyMap<string, string>;
  /** Units that were consumed. */
  readonly spent: bigint;
  /** Public ids of tasks whose refund the log shows. */
  readonly refunded: ReadonlySet<string>;
}

/** Spending comes along as sums by the hour; all else in the log stays behind. */
export async function readLog({ source, progress, take, leaveAll }: Building): Promise<LogFacts> {
  const completionRatios = new Map<string, string>();
  const refunded = new Set<string>();
  const left = new Map<string, number>();
  let spent = 0n;
  for await (const logs of source.logs(progress)) {
    for (const log of logs) {
      if (log.type === CONSUMPTION) {
        spent += log.quota;
        take('logs');
        const ratio = ratioOf(log);
        if (ratio !== null) completionRatios.set(log.model, ratio);
        continue;
      }
      const reason = log.type === TOP_UP ? 'top_up' : 'no_spending';
      left.set(reason, (left.get(reason) ?? 0) + 1);
      for (const id of tasksIn(log)) if (refunded.size < MOST_REFUNDS) refunded.add(id);
    }
  }
  for (const [reason, count] of left) leaveAll('logs', 'log', count, reason);
  return { completionRatios, spent, refunded };
}

function ratioOf({ other, completionTokens }: LegacyLog): string | null {
  if (completionTokens === 0 || !other.includes('completion_ratio')) return null;
  const { completion_ratio: ratio, model_price: price } = objectIn(other);
  return typeof ratio === 'number' && (typeof price !== 'number' || price < 0) ? String(ratio) : null;
}

/** Refunds are type 6 since 2026 and name the task in their facts; before, type 4 named it in the text. */
function tasksIn({ type, other, content }: LegacyLog): readonly string[] {
  if (type === 6) {
    const { task_id: id } = objectIn(other);
    return typeof id === 'string' ? [id] : [];
  }
  return type === 4 ? (content.match(/[\w-]{8,}/g) ?? []) : [];
}
