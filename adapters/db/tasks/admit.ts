import { waitsForRate } from '../../../domain/access/rate';
import type { RateLack, RateState } from '../../../domain/access/rate-state';
import type { BudgetRefusal } from '../../../domain/money/budget';
import type { Admission, AdmitOutcome } from '../../../domain/task/store';
import type { SqlPool } from '../connection/pool';
import type { TaskContents } from './contents';
import { storable, storableJson } from './parameters';

/**
 * Who pays for the tasks of a group: distinct credentials, each with the campaign that it pays for, and what they need: micro-US-dollars, and of
 * their rates. */
interface Payers {
  readonly credentialIds: readonly number[];
  readonly campaignIds: readonly (string | null)[];
  readonly needs: readonly bigint[];
  readonly requests: readonly number[];
  readonly tokens: readonly number[];
  /** For each member its payer's position in these, from 1. */
  readonly positions: readonly number[];
}

type AdmitRow =
  | { readonly outcome: 'all_admitted'; readonly rate: readonly (RateState | null)[] | null }
  | {
      readonly outcome: AdmitOutcome['kind'] | 'waiting';
      readonly task_id: string | null;
      readonly refusal: (BudgetRefusal & Partial<RateLack>) | null;
      readonly rate: RateState | null;
    };

const ADMIT = 'select * from admit_tasks($1::int[], $2::text[], $3::bigint[], $4::int[], $5::bigint[], $6::boolean, $7::json, $8::json)';

function payersOf(group: readonly Admission[]): Payers {
  const places = new Map<string, number>();
  const credentialIds: number[] = [];
  const campaignIds: (string | null)[] = [];
  const needs: bigint[] = [];
  const requests: number[] = [];
  const tokens: number[] = [];
  const positions = group.map(({ task: { caller, campaignId }, reserveMicroUsd, rateTokens = 0 }) => {
    const text = `${String(caller.credentialId)}:${campaignId ?? ''}`;
    let place = places.get(text);
    if (place === undefined) {
      place = credentialIds.push(caller.credentialId) - 1;
      campaignIds.push(campaignId === null ? null : storable(campaignId));
      places.set(text, place);
      needs.push(0n);
      requests.push(0);
      tokens.push(0);
    }
    needs[place] = (needs[place] ?? 0n) + reserveMicroUsd;
    requests[place] = (requests[place] ?? 0) + 1;
    tokens[place] = (tokens[place] ?? 0) + rateTokens;
    return place + 1;
  });
  return { credentialIds, campaignIds, needs, requests, tokens, positions };
}

/** True when no two members share an id, an idempotency key or an external id, so that the group may be stored at one go. */
function isDistinct(group: readonly Admission[]): boolean {
  const ids = new Set<string>();
  const keys = new Set<string>();
  const externalIds = new Set<string>();
  let wanted = 0;
  let externals = 0;
  for (const { task, idempotency } of group) {
    const team = String(task.caller.teamId);
    ids.add(task.id);
    if (idempotency !== null) {
      wanted += 1;
      keys.add(`${team} ${idempotency.route} ${idempotency.key}`);
    }
    if (task.externalId !== null) {
      externals += 1;
      externalIds.add(`${team} ${task.externalId}`);
    }
  }
  return ids.size === group.length && keys.size === wanted && externalIds.size === externals;
}

/** The columns of a member as `store_admitted` reads them; the input travels apart. What depends on the credential's row is read there. */
export function memberOf({ task, reserveMicroUsd, idempotency, firstAttempt, workflowId, rateTokens }: Admission, payer: number) {
  return {
    id: task.id,
    type: task.type,
    operation: task.operation,
    endpoint: task.endpoint,
    model: task.model,
    team_id: task.caller.teamId,
    team_name: task.caller.teamName,
    credential_id: task.caller.credentialId,
    credential_name: task.caller.credentialName,
    external_id: task.externalId,
    metadata: task.metadata,
    callback_url: task.callbackUrl,
    priority: task.priority,
    deadline_at: task.deadlineAt,
    replay_of: task.replayOf,
    campaign_id: task.campaignId,
    request_hash: task.requestHash,
    output: 'output' in task.input ? task.input.output : {},
    reserve: String(reserveMicroUsd),
    skipped_routes: task.skippedRoutes,
    payer,
    route: idempotency?.route ?? null,
    key: idempotency?.key ?? null,
    attempt_provider: firstAttempt?.provider ?? null,
    attempt_model: firstAttempt?.model ?? null,
    attempt_instance: firstAttempt?.instanceId ?? null,
    attempt_key: firstAttempt?.key ?? null,
    attempt_served: firstAttempt?.served ?? null,
    routing: task.routing ?? null,
    request: { ...task.request, project: task.caller.project?.id, member: task.caller.ownerId ?? undefined },
    workflow_id: workflowId ?? null,
    rate_tokens: rateTokens ?? 0,
    may_wait: waitsForRate(task.endpoint),
  };
}

function outcomeOf(row: Exclude<AdmitRow, { readonly outcome: 'all_admitted' }>): AdmitOutcome {
  const taskId = row.task_id ?? '';
  const rate = row.rate === null ? {} : { rate: row.rate };
  switch (row.outcome) {
    case 'admitted':
      return { kind: 'admitted', ...rate };
    case 'waiting':
      return { kind: 'admitted', isWaiting: true, ...rate };
    case 'repeated':
      return { kind: 'repeated' };
    case 'repeat':
    case 'key_reused':
    case 'external_id_in_use':
      return { kind: row.outcome, taskId };
    case 'refused':
      if (row.refusal === null) throw new Error('admit_tasks refused a member and did not say why');
      return { kind: 'refused', refusal: row.refusal, ...rate };
    case 'rate_limited':
      return rateLimited(row.refusal, row.rate);
  }
}

function rateLimited(lack: Partial<RateLack> | null, rate: RateState | null): AdmitOutcome {
  if (lack?.lack === undefined || lack.waitMs === undefined)
    throw new Error('admit_tasks refused a member by its rate and did not say which');
  return { kind: 'rate_limited', lack: { lack: lack.lack, waitMs: lack.waitMs }, rate: rate ?? {} };
}

/** `TaskStore.admit`: one call of `admit_tasks` for the whole group. */
export function createAdmit(sql: SqlPool, contents: TaskContents) {
  return async function admit(group: readonly Admission[]): Promise<readonly AdmitOutcome[]> {
    if (group.length === 0) return [];
    const inputs = await Promise.all(group.map(async ({ task, inputJson }) => inputJson ?? contents.input(task.id, task.input)));
    const { credentialIds, campaignIds, needs, requests, tokens, positions } = payersOf(group);
    const forget = (outcome: AdmitOutcome, input: string | undefined): AdmitOutcome => {
      const isStored = outcome.kind === 'admitted' || outcome.kind === 'repeated' || outcome.kind === 'refused';
      if (!isStored && input !== undefined) contents.discard(input);
      return outcome;
    };
    const rows = await sql.named<AdmitRow>('admit_tasks', ADMIT, [
      credentialIds,
      campaignIds,
      needs,
      requests,
      tokens,
      isDistinct(group),
      storableJson(group.map((admission, index) => memberOf(admission, positions[index] ?? 1))),
      `[${inputs.join(',')}]`,
    ]);
    const [first] = rows;
    if (first?.outcome === 'all_admitted') {
      return positions.map((position) => {
        const rate = first.rate?.[position - 1] ?? null;
        return { kind: 'admitted', ...(rate === null ? {} : { rate }) };
      });
    }
    return rows.map((row, index) => {
      if (row.outcome === 'all_admitted') throw new Error('admit_tasks answered all_admitted for one member');
      return forget(outcomeOf(row), inputs[index]);
    });
  };
}
