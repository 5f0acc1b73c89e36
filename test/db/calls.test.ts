import type { Caller } from '../../domain/access/caller';
import type { CallWithoutRun } from '../../domain/records/call';
import type { Settlement } from '../../domain/task/store';
import { aStoredCampaign, someItems, startNext } from '../campaign/support/build';
import { useDatabase } from '../support/stack';
import { aSettlement, aTaskId, aTeam, anAdmission, partitionsEndedBy, useConnections } from './support';

const connections = useConnections(useDatabase(), ['first', 'second']);
const HOUR_MS = 3_600_000;
let caller: Caller;

const anRequestId = (): string => aTaskId().replace('task_', 'req_');
const logged = (filter = {}, limit = 1_000) => connections.first.calls.list({ teamIds: [caller.teamId], ...filter }, { limit });

async function admitted(count: number, request = (): object => ({ id: anRequestId() })): Promise<string[]> {
  const group = Array.from({ length: count }, () => anAdmission(caller, { task: { request: request() } }));
  await connections.first.tasks.admit(group);
  return group.map((admission) => admission.task.id);
}

const failed = (taskId: string): Partial<Settlement> => ({
  status: 'failed',
  actualMicroUsd: 0n,
  usage: null,
  error: { code: 'provider_unavailable', message: 'x', retryable: true, providerCode: null, providerMessage: null, param: null },
  attempt: { taskId, n: 1, outcome: 'failed', errorCode: 'provider_unavailable', upstreamId: null, costMicroUsd: 0n },
});

const refused = (changes: Partial<CallWithoutRun> = {}): CallWithoutRun => ({
  template: null,
  id: aTaskId().replace('task_', 'call_'),
  taskId: null,
  endpoint: 'chat.completions',
  teamId: caller.teamId,
  credentialId: caller.credentialId,
  credentialClass: 'production',
  projectId: null,
  memberId: null,
  client: 'openai-python 1.x',
  ip: '127.0.0.1',
  stream: false,
  model: 'no-such-model',
  modality: null,
  status: 'failed',
  httpStatus: 404,
  errorCode: 'model_not_found',
  totalMs: 2.4,
  ...changes,
});

/** What the books say the team spent, and what the usage says. */
async function sums(): Promise<{ readonly ledger: bigint; readonly usage: bigint; readonly log: bigint; readonly requests: bigint }> {
  const [row] = await connections.first.query<{ ledger: bigint; usage: bigint; log: bigint; requests: bigint }>(
    `select (select coalesce(sum(l.spent_delta), 0)::bigint from ledger l join accounts a on a.id = any(l.account_ids)
               where a.kind = 'team' and a.team_id = $1) as ledger,
            (select coalesce(sum(cost), 0)::bigint from usage_hours where team_id = $1) as usage,
            (select coalesce(sum(cost), 0)::bigint from calls where team_id = $1) as log,
            (select coalesce(sum(requests), 0)::bigint from usage_hours where team_id = $1) as requests`,
    [caller.teamId],
  );
  return row!;
}

beforeEach(async () => {
  caller = await aTeam(connections.first);
});

it('a call is in the log once its run has ended, with what only its request knew', async () => {
  const requestId = anRequestId();
  const [id] = await admitted(1, () => ({ id: requestId, ip: '10.1.2.3', client: 'Cursor 1.x', stream: true }));
  expect((await logged()).data).toEqual([]);
  await connections.first.tasks.settle([aSettlement(id!, { firstTokenMs: 12, providerMicroUsd: 25n })]);
  await connections.second.calls.catchUp();

  const { data, hasMore } = await logged();
  expect(hasMore).toBe(false);
  expect(data).toEqual([
    expect.objectContaining({
      id: requestId.replace('req_', 'call_'),
      requestId,
      taskId: id,
      endpoint: 'chat.completions',
      team: caller.teamName,
      class: 'production',
      ip: '10.1.2.3',
      client: 'Cursor 1.x',
      stream: true,
      model: 'sandbox-text',
      servedModel: 'sandbox-text',
      provider: 'sandbox',
      attempts: 1,
      fallback: false,
      status: 'succeeded',
      httpStatus: 200,
      errorCode: null,
      costMicroUsd: 40n,
      queueMs: 0,
      firstTokenMs: 12,
      usage: expect.objectContaining({ inputTokens: 12, outputTokens: 20 }),
    }),
  ]);
});

it('usage equals the ledger after failures, fallbacks, refusals, a campaign and refunds, whoever takes it in and how often', async () => {
  const { first, second } = connections;
  const ids = await admitted(30);
  const campaign = await aStoredCampaign(first, caller, someItems(6));
  const { taskIds } = await startNext(first, caller, campaign);
  // A second provider serves some of them.
  for (const id of ids.slice(20, 25)) {
    await first.tasks.endAttempt(failed(id).attempt!);
    await first.tasks.beginAttempt({ taskId: id, n: 2, provider: 'backup', model: 'm', instanceId: 'i' });
  }
  const settlements = [
    ...ids.slice(0, 20).map((id) => aSettlement(id)),
    ...ids.slice(20, 25).map((id) => aSettlement(id, { attempt: { ...aSettlement(id).attempt!, n: 2 } })),
    ...ids.slice(25).map((id) => aSettlement(id, failed(id))),
    ...taskIds.map((id) => aSettlement(id, { attempt: null })),
  ];
  await Promise.all([
    ...settlements.flatMap((one, place) => [
      first.tasks.settle([one]),
      ...(place % 5 === 0 ? [second.calls.record(), first.calls.keep([refused()])] : []),
    ]),
  ]);
  await first.query(`select refund_task($1, 15, 'broken')`, [ids[1]]);
  await first.query(`select refund_task($1, 7, 'again')`, [ids[1]]);
  await first.query(`select refund_task($1, 40, 'whole')`, [taskIds[0]]);
  await Promise.all([first.calls.catchUp(), second.calls.catchUp(), first.calls.catchUp()]);

  const refusals = Math.ceil(settlements.length / 5);
  expect(await sums()).toMatchObject({
    ledger: 40n * 31n - 62n,
    usage: 40n * 31n - 62n,
    log: 40n * 31n - 62n,
    requests: BigInt(36 + refusals),
  });
  const byProvider = await first.query(
    `select provider, sum(requests)::int as requests, sum(succeeded)::int as succeeded from usage_hours where team_id = $1 and campaign_id = '' group by 1 order by 1`,
    [caller.teamId],
  );
  expect(byProvider).toEqual([
    { provider: '', requests: refusals, succeeded: 0 },
    { provider: 'backup', requests: 5, succeeded: 5 },
    { provider: 'sandbox', requests: 25, succeeded: 20 },
  ]);
  expect((await logged({ provider: 'backup' })).data.map(({ fallback, attempts }) => [fallback, attempts])).toEqual(
    Array(5).fill([true, 2]),
  );
  const [tokens] = await first.query(
    `select sum(input_tokens)::int as input, sum(video_ms)::int as video from usage_hours where team_id = $1`,
    [caller.teamId],
  );
  // What has no usage adds nothing.
  expect(tokens).toEqual({ input: 12 * 31, video: 0 });
  expect((await logged({ status: 'failed' })).data).toHaveLength(5 + refusals);
  expect((await logged({ q: campaign })).data).toHaveLength(6);
  expect((await logged({ q: ids[3]! })).data.map(({ taskId }) => taskId)).toEqual([ids[3]]);
  expect((await logged({ errorCode: 'model_not_found', q: 'PYTHON' })).data).toHaveLength(refusals);
});

it('what a provider reports beyond reason, and a request that is logged twice, stop nobody', async () => {
  const [id] = await admitted(1);
  const usage = { ...aSettlement(id!).usage!, inputTokens: 1e300, outputTokens: -5, images: 1.5 };
  await connections.first.tasks.settle([aSettlement(id!, { usage })]);
  const twice = refused();
  await connections.first.calls.keep([twice]);
  await connections.first.calls.keep([twice, refused({ model: `\0${'m'.repeat(200)}` })]);
  await connections.first.calls.catchUp();
  expect((await logged()).data).toHaveLength(3);
  expect((await sums()).requests).toBe(3n);
});

it('events that the log has not taken in outlive the others', async () => {
  const { first } = connections;
  await first.calls.catchUp();
  const ids = await admitted(1);
  await first.tasks.settle([aSettlement(ids[0]!)]);
  const late = new Date(Date.now() + 50 * HOUR_MS);
  await first.housekeeping.forgetEvents(late);
  expect(await first.query('select 1 from events where task_id = $1', [ids[0]])).toHaveLength(1);
  await first.calls.catchUp();
  await first.housekeeping.forgetEvents(late);
  expect(await first.query('select 1 from events where task_id = $1', [ids[0]])).toEqual([]);
  expect((await logged()).data).toHaveLength(1);
});

it('old calls are dropped a partition at a time, and their usage stays', async () => {
  const { first } = connections;
  await first.query(`update partitioning set every = 'day'`);
  const ids = await admitted(2);
  const old = refused({ id: `call_${(Date.now() - 90 * 24 * HOUR_MS).toString(16).padStart(12, '0')}${'0'.repeat(20)}` });
  await first.calls.keep([old]);
  await first.tasks.settle(ids.map((id) => aSettlement(id)));
  await first.calls.catchUp();
  expect((await logged()).data).toHaveLength(3);

  await first.housekeeping.makePartitions(new Date(Date.now() + 24 * HOUR_MS));
  expect(await first.calls.dropBefore(new Date(Date.now() - HOUR_MS))).toBe(0);
  const soon = new Date(Date.now() + 3 * HOUR_MS);
  expect(await first.calls.dropBefore(soon)).toBe(partitionsEndedBy(soon));
  expect((await logged()).data).toEqual([]);

  // What still comes for that time counts, and the log goes on.
  await first.calls.keep([
    refused({ id: old.id.replace(/0$/, '1') }),
    refused({ id: `call_${(Date.now() + 4 * HOUR_MS).toString(16).padStart(12, '0')}${'0'.repeat(20)}` }),
  ]);
  await first.calls.catchUp();
  expect((await logged()).data).toHaveLength(1);
  expect((await sums()).requests).toBe(5n);
});
