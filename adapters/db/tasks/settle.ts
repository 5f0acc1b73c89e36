import type { Settlement, SettleOutcome } from '../../../domain/task/store';
import type { SqlPool } from '../connection/pool';
import type { TaskContents } from './contents';
import { assetRow } from './assets';
import { storableJson } from './parameters';

interface SettleRow {
  readonly settled: readonly string[];
  readonly existing: readonly string[] | null;
}

const SETTLE = 'select settled, existing from settle_tasks($1::text[], $2::json, $3::json)';

/** The columns of a settlement as `settle_tasks` reads them. */
function rowOf(settlement: Settlement) {
  const { attempt } = settlement;
  return {
    id: settlement.taskId,
    status: settlement.status,
    cost: String(settlement.actualMicroUsd),
    cost_lines: settlement.costLines,
    usage: settlement.usage,
    error: settlement.error,
    attempt_n: attempt?.n ?? null,
    attempt_outcome: attempt?.outcome ?? null,
    attempt_error: attempt?.errorCode ?? null,
    attempt_upstream: attempt?.upstreamId ?? null,
    attempt_cost: String(attempt?.costMicroUsd ?? 0n),
    provider_cost: settlement.providerMicroUsd === undefined ? null : String(settlement.providerMicroUsd),
    first_token_ms: settlement.firstTokenMs ?? null,
    yields: settlement.yieldsToCancel ?? false,
    attempt_delivered: attempt?.delivered ?? null,
    assets: settlement.assets?.map(assetRow) ?? null,
  };
}

/** `TaskStore.settle`: one call of `settle_tasks` for the whole group. Of two settlements of one task in a group the first counts. */
export function createSettle(sql: SqlPool, contents: TaskContents) {
  return async function settle(group: readonly Settlement[]): Promise<readonly SettleOutcome[]> {
    if (group.length === 0) return [];
    const byId = new Map<string, Settlement>();
    for (const settlement of group) if (!byId.has(settlement.taskId)) byId.set(settlement.taskId, settlement);
    const settlements = [...byId.values()];
    const results = await Promise.all(
      settlements.map(async ({ taskId, textResult, resultJson }) => resultJson ?? contents.result(taskId, textResult)),
    );
    const rows = await sql.named<SettleRow>('settle_tasks', SETTLE, [
      [...byId.keys()],
      storableJson(settlements.map(rowOf)),
      `[${results.join(',')}]`,
    ]);
    const settled = new Set(rows[0]?.settled ?? []);
    const existing = new Set(rows[0]?.existing ?? []);
    return group.map((settlement) => {
      if (settled.has(settlement.taskId)) return byId.get(settlement.taskId) === settlement ? 'settled' : 'already';
      return existing.has(settlement.taskId) ? 'already' : 'missing';
    });
  };
}
