import type { AccountKind } from '../../../domain/money/ledger';
import type { Admission, AdmitOutcome } from '../../../domain/task/store';
import type { SqlPool } from '../connection/pool';
import type { TaskContents } from './contents';
import { storable, storableJson } from './parameters';

/** An account by name; the database fills in the month. */
interface AccountName {
  readonly kind: AccountKind;
  readonly teamId: number;
  readonly key: string;
}

/** The distinct accounts of a group and what the group needs of each, in micro-US-dollars. */
interface GroupAccounts {
  readonly names: readonly AccountName[];
  readonly needs: readonly bigint[];
  /** For each member its accounts as positions in `names`, from 1, in the order in which they refuse. */
  readonly positions: readonly (readonly number[])[];
}

interface AdmitRow {
  readonly outcome: 'all_admitted' | 'accounts_missing' | AdmitOutcome['kind'];
  readonly task_id: string | null;
  readonly account_kind: AccountKind | null;
  readonly available: bigint | null;
}

const ADMIT = 'select * from admit_tasks($1::text[], $2::int[], $3::text[], $4::bigint[], $5::boolean, $6::json, $7::json)';

function accountsOf({ caller, campaignId }: Admission['task']): readonly AccountName[] {
  const { teamId } = caller;
  const campaign: readonly AccountName[] = campaignId === null ? [] : [{ kind: 'campaign', teamId, key: storable(campaignId) }];
  return [
    { kind: 'credential', teamId, key: String(caller.credentialId) },
    { kind: 'class', teamId, key: caller.credentialClass },
    { kind: 'team', teamId, key: '' },
    { kind: 'month', teamId, key: '' },
    ...campaign,
  ];
}

function groupAccounts(group: readonly Admission[]): GroupAccounts {
  const places = new Map<string, number>();
  const names: AccountName[] = [];
  const needs: bigint[] = [];
  const positions = group.map(({ task, reserveMicroUsd }) =>
    accountsOf(task).map((name) => {
      const text = `${name.kind}:${String(name.teamId)}:${name.key}`;
      let place = places.get(text);
      if (place === undefined) {
        place = names.push(name) - 1;
        places.set(text, place);
        needs.push(0n);
      }
      needs[place] = (needs[place] ?? 0n) + reserveMicroUsd;
      return place + 1;
    }),
  );
  return { names, needs, positions };
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

/** The columns of a member as `store_admitted` reads them; the input travels apart. */
export function memberOf({ task, reserveMicroUsd, idempotency, firstAttempt, workflowId }: Admission, accounts: readonly number[]) {
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
    credential_class: task.caller.credentialClass,
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
    accounts,
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
  };
}

function outcomeOf(row: AdmitRow): AdmitOutcome {
  const taskId = row.task_id ?? '';
  switch (row.outcome) {
    case 'admitted':
    case 'repeated':
      return { kind: row.outcome };
    case 'repeat':
    case 'key_reused':
    case 'external_id_in_use':
      return { kind: row.outcome, taskId };
    case 'refused':
      return { kind: 'refused', account: row.account_kind ?? 'team', availableMicroUsd: row.available ?? 0n };
    case 'all_admitted':
    case 'accounts_missing':
      throw new Error(`admit_tasks answered ${row.outcome} for one member`);
  }
}

/** `TaskStore.admit`: one call of `admit_tasks` for the whole group; a second one only when an account has to be made first. */
export function createAdmit(sql: SqlPool, contents: TaskContents) {
  return async function admit(group: readonly Admission[]): Promise<readonly AdmitOutcome[]> {
    if (group.length === 0) return [];
    const inputs = await Promise.all(group.map(async ({ task, inputJson }) => inputJson ?? contents.input(task.id, task.input)));
    const accounts = groupAccounts(group);
    const names = [
      accounts.names.map((name) => name.kind),
      accounts.names.map((name) => name.teamId),
      accounts.names.map((name) => name.key),
    ];
    const values = [
      ...names,
      accounts.needs,
      isDistinct(group),
      storableJson(group.map((admission, index) => memberOf(admission, accounts.positions[index] ?? []))),
      `[${inputs.join(',')}]`,
    ];
    const forget = (outcome: AdmitOutcome, input: string | undefined): AdmitOutcome => {
      const isStored = outcome.kind === 'admitted' || outcome.kind === 'repeated' || outcome.kind === 'refused';
      if (!isStored && input !== undefined) contents.discard(input);
      return outcome;
    };
    for (;;) {
      const rows = await sql.named<AdmitRow>('admit_tasks', ADMIT, values);
      const first = rows[0]?.outcome;
      if (first === 'all_admitted') return group.map(() => ({ kind: 'admitted' }));
      if (first !== 'accounts_missing') return rows.map(outcomeOf).map((outcome, index) => forget(outcome, inputs[index]));
      await sql.query('select open_accounts($1::text[], $2::int[], $3::text[])', names);
    }
  };
}
