import type { LegacyLog, LegacySource, LegacyTask, Progress } from '../../domain/migration/source';
import type { Decimal } from '../decimal';
import { modalityOf } from '../modality';
import { usdOf } from '../money';
import { isFinished } from '../plan/history';
import type { GroupOutcome, TargetInstallation } from './installation';

const CONSUMPTION = 2;
/** Sums of one request. */
const MOST_SUMS = 400;
const HOUR_S = 3_600;

/** Finished generations of the past. */
export async function* taskRows(source: LegacySource, perUsd: Decimal): AsyncGenerator<object> {
  for await (const tasks of source.tasks()) {
    for (const task of tasks) if (isFinished(task)) yield taskRow(task, perUsd);
  }
}

function taskRow(task: LegacyTask, perUsd: Decimal): object {
  const time = (ms: number): string => new Date(ms).toISOString();
  return {
    table: task.table,
    legacy_id: task.id,
    owner_id: String(task.userId),
    platform: task.platform.slice(0, 100),
    action: task.action.slice(0, 100),
    model: task.model?.slice(0, 255) ?? null,
    prompt: task.prompt?.slice(0, 100_000) ?? null,
    succeeded: task.status === 'SUCCESS',
    fail_reason: task.failReason?.slice(0, 10_000) ?? null,
    urls: task.urls.filter((url) => url.length <= 8_192),
    // Failures of both kinds were given back.
    cost_usd: task.status === 'SUCCESS' ? usdOf(task.quota, perUsd) : '0',
    created_at: time(task.createdAtMs),
    finished_at: task.finishedAtMs === null ? null : time(task.finishedAtMs),
  };
}

interface Sum {
  readonly hour: number;
  readonly userId: number;
  readonly tokenId: number | null;
  readonly model: string;
  requests: number;
  inputTokens: number;
  outputTokens: number;
  quota: bigint;
}

interface Sending {
  readonly target: TargetInstallation;
  readonly move: { readonly id: string | null; readonly dryRun: boolean; readonly usageThrough: number };
  readonly perUsd: Decimal;
  readonly progress: Progress;
}

/** Spending by the hour. The installation keeps how far it was told, so that a repeat, or one after a break, adds nothing twice. */
export async function sendUsage(source: LegacySource, { target, move, perUsd, progress }: Sending): Promise<GroupOutcome> {
  const total = { imported: 0, unchanged: 0, skipped: new Map<string, GroupOutcome['skipped'][number]>() };
  let sums = new Map<string, Sum>();
  let through = move.usageThrough;
  const send = async (): Promise<void> => {
    if (sums.size === 0) return;
    const rows = [...sums.values()].map((sum) => usageRow(sum, perUsd));
    const { usage } = await target.rows(move.id, move.dryRun, { usage: { through, rows } });
    total.imported += usage.imported;
    total.unchanged += usage.unchanged;
    for (const skip of usage.skipped) total.skipped.set(skip.legacy_id, skip);
    sums = new Map();
  };
  for await (const logs of source.logs(progress, move.usageThrough)) {
    for (const log of logs) {
      if (log.type === CONSUMPTION) {
        const key = keyOf(log);
        if (sums.size === MOST_SUMS && !sums.has(key)) await send();
        add(sums, key, log);
      }
      through = log.id;
    }
  }
  await send();
  return { imported: total.imported, unchanged: total.unchanged, skipped: [...total.skipped.values()] };
}

function keyOf(log: LegacyLog): string {
  return [Math.floor(log.createdAt / HOUR_S), log.userId, log.tokenId, log.model].join('\0');
}

function add(sums: Map<string, Sum>, key: string, log: LegacyLog): void {
  const sum: Sum = sums.get(key) ?? {
    hour: Math.floor(log.createdAt / HOUR_S) * HOUR_S,
    userId: log.userId,
    tokenId: log.tokenId === 0 ? null : log.tokenId,
    model: log.model,
    requests: 0,
    inputTokens: 0,
    outputTokens: 0,
    quota: 0n,
  };
  sum.requests += 1;
  sum.inputTokens += Math.max(log.promptTokens, 0);
  sum.outputTokens += Math.max(log.completionTokens, 0);
  sum.quota += log.quota > 0n ? log.quota : 0n;
  sums.set(key, sum);
}

function usageRow(sum: Sum, perUsd: Decimal): object {
  return {
    hour: new Date(sum.hour * 1_000).toISOString(),
    owner_id: String(sum.userId),
    credential_id: sum.tokenId === null ? null : String(sum.tokenId),
    model: sum.model.slice(0, 255),
    modality: modalityOf(sum.model),
    requests: sum.requests,
    input_tokens: sum.inputTokens,
    output_tokens: sum.outputTokens,
    cost_usd: usdOf(sum.quota, perUsd),
  };
}
