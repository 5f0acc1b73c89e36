import type { Caller } from '../../domain/access/caller';
import type { Admission, AdmitOutcome } from '../../domain/task/store';
import { aStoredCampaign, endTasks, someItems, startNext } from '../campaign/support/build';
import { useDatabase } from '../support/stack';
import { aCredential, anAdmission, aSettlement, aTeam, useConnections } from './support';

const connections = useConnections(useDatabase(), ['first', 'second']);

interface Rate {
  readonly requests_per_minute?: number;
  readonly tokens_per_minute?: number;
  readonly concurrent?: number;
}

async function setRate({ credentialId }: Caller, rate: Rate): Promise<void> {
  await connections.first.query('update credentials set requests_per_minute = $2, tokens_per_minute = $3, concurrent = $4 where id = $1', [
    credentialId,
    rate.requests_per_minute ?? null,
    rate.tokens_per_minute ?? null,
    rate.concurrent ?? null,
  ]);
}

/** A caller whose key has a rate. */
async function aLimited(rate: Rate): Promise<Caller> {
  const caller = await aTeam(connections.first);
  await setRate(caller, rate);
  return caller;
}

/** Lets the minute of a key go on by so many seconds. */
async function pass({ credentialId }: Caller, seconds: number): Promise<void> {
  await connections.first.query("update credential_rates set at = at - $2 * interval '1 second' where credential_id = $1", [
    credentialId,
    seconds,
  ]);
}

async function counted({ credentialId }: Caller): Promise<{ running: number; waiting: number; open: number } | undefined> {
  const [row] = await connections.first.query<{ running: number; waiting: number; open: number }>(
    `select running, waiting, (select count(*)::int from rated_tasks where credential_id = $1) as open
     from credential_rates where credential_id = $1`,
    [credentialId],
  );
  return row;
}

const kinds = (outcomes: readonly (AdmitOutcome | undefined)[]): readonly string[] =>
  outcomes.map((outcome) => (outcome?.kind === 'admitted' && outcome.isWaiting === true ? 'waiting' : (outcome?.kind ?? 'none')));

const many = (caller: Caller, count: number, changes: Parameters<typeof anAdmission>[1] = {}): Admission[] =>
  Array.from({ length: count }, () => anAdmission(caller, changes));

const admit = (group: readonly Admission[]) => connections.first.tasks.admit(group);
const asTask = { firstAttempt: null, task: { endpoint: 'tasks' } } as const;

it('lets exactly as many requests through as the minute has, whichever process and group they come by', async () => {
  const caller = await aLimited({ requests_per_minute: 6 });
  const groups = Array.from({ length: 16 }, (_, index) => many(caller, 1 + (index % 5)));
  const outcomes = await Promise.all(
    groups.map((group, index) => (index % 2 === 0 ? connections.first : connections.second).tasks.admit(group)),
  );
  const told = kinds(outcomes.flat());
  expect(told).toHaveLength(46);
  expect(told.filter((kind) => kind === 'admitted')).toHaveLength(6);
  expect(told.filter((kind) => kind === 'rate_limited')).toHaveLength(40);
  expect(await counted(caller)).toEqual({ running: 6, waiting: 0, open: 6 });
});

it('fills the minute up again steadily, and says how long to wait', async () => {
  const caller = await aLimited({ requests_per_minute: 6 });
  const [first] = await admit(many(caller, 6));
  expect(first).toMatchObject({ kind: 'admitted', rate: { requests: { limit: 6, remaining: 0 } } });
  const [refused] = await admit(many(caller, 1));
  expect(refused).toMatchObject({ kind: 'rate_limited', lack: { lack: 'requests' }, rate: { requests: { limit: 6, remaining: 0 } } });
  if (refused?.kind !== 'rate_limited') throw new Error('It was let through.');
  expect(refused.lack.waitMs).toBeGreaterThan(5_000);
  expect(refused.lack.waitMs).toBeLessThanOrEqual(10_000);
  expect(refused.rate.requests?.resetMs).toBeGreaterThan(54_000);

  await pass(caller, 20);
  expect(kinds(await admit(many(caller, 3)))).toEqual(['admitted', 'admitted', 'rate_limited']);
  await pass(caller, 3_600);
  expect(kinds(await admit(many(caller, 7)))).toEqual([...Array<string>(6).fill('admitted'), 'rate_limited']);
});

it('counts tokens as they are estimated, and as they were once the task has ended', async () => {
  const caller = await aLimited({ tokens_per_minute: 1_000 });
  const [first, second] = many(caller, 2, { rateTokens: 600 });
  expect(await admit([first!])).toMatchObject([{ kind: 'admitted', rate: { tokens: { limit: 1_000, remaining: 400 } } }]);
  expect(await admit([second!])).toMatchObject([{ kind: 'rate_limited', lack: { lack: 'tokens' } }]);
  // Twelve in, twenty out.
  await connections.second.tasks.settle([aSettlement(first!.task.id)]);
  const [after] = await admit([second!]);
  expect(after).toMatchObject({ kind: 'admitted' });
  if (after?.kind !== 'admitted') return;
  expect(after.rate?.tokens?.remaining).toBeGreaterThanOrEqual(368);
});

it('lets a request of more tokens than a minute has through when nothing else is used', async () => {
  const caller = await aLimited({ tokens_per_minute: 1_000 });
  const [first, second] = many(caller, 2, { rateTokens: 50_000 });
  expect(kinds(await admit([first!]))).toEqual(['admitted']);
  expect(kinds(await admit([second!]))).toEqual(['rate_limited']);
  await connections.first.tasks.settle([aSettlement(first!.task.id)]);
  await pass(caller, 60);
  expect(kinds(await admit([second!]))).toEqual(['admitted']);
});

it('never has more generations at once than the key may, and each end makes room for one', async () => {
  const caller = await aLimited({ concurrent: 3 });
  const group = many(caller, 5);
  const outcomes = await Promise.all(
    group.map((admission, index) => (index % 2 === 0 ? connections.first : connections.second).tasks.admit([admission])),
  );
  const running = group.filter((_, index) => outcomes[index]?.[0]?.kind === 'admitted');
  expect(running).toHaveLength(3);
  expect(outcomes.flat().find(({ kind }) => kind === 'rate_limited')).toMatchObject({ lack: { lack: 'concurrent', waitMs: 1_000 } });
  await connections.second.tasks.settle([aSettlement(running[0]!.task.id)]);
  // Settled twice, it makes room once.
  await connections.first.tasks.settle([aSettlement(running[0]!.task.id)]);
  expect(kinds(await admit(many(caller, 2)))).toEqual(['admitted', 'rate_limited']);
  expect(await counted(caller)).toEqual({ running: 3, waiting: 0, open: 3 });
});

it('counts neither repeats nor what a budget refuses', async () => {
  const caller = await aLimited({ requests_per_minute: 2 });
  const keyed = anAdmission(caller, { idempotency: { route: 'POST /v1/chat/completions', key: 'once' } });
  await admit([keyed]);
  const again = many(caller, 5, { idempotency: keyed.idempotency });
  expect(kinds((await Promise.all(again.map((one) => admit([one])))).flat())).toEqual(Array(5).fill('repeat'));
  expect(kinds(await admit([keyed]))).toEqual(['repeated']);
  await connections.first.query("select set_budget('team', $1, '', 'total', 150)", [caller.teamId]);
  expect(await admit(many(caller, 1))).toMatchObject([{ kind: 'refused', rate: { requests: { remaining: 1 } } }]);
  await connections.first.query("select set_budget('team', $1, '', 'total', null)", [caller.teamId]);
  expect(kinds(await admit(many(caller, 2)))).toEqual(['admitted', 'rate_limited']);
});

it('neither holds nor tells anything of a key without a rate, in the same group and team', async () => {
  const limited = await aLimited({ requests_per_minute: 1 });
  const free = { ...limited, credentialId: await aCredential(connections.first, limited.teamId, 'free', 'test') };
  const outcomes = await admit([limited, free, limited, free].map((caller) => anAdmission(caller)));
  expect(kinds(outcomes)).toEqual(['admitted', 'admitted', 'rate_limited', 'admitted']);
  expect(outcomes[1]).toEqual({ kind: 'admitted' });
  expect(await admit([anAdmission(free)])).toEqual([{ kind: 'admitted' }]);
  expect(await counted(free)).toBeUndefined();
});

describe('A task that may wait', () => {
  it('is admitted without its first attempt, and let through in turn', async () => {
    const caller = await aLimited({ requests_per_minute: 2 });
    const text = anAdmission(caller, { task: { endpoint: 'tasks' } });
    const group = [...many(caller, 2, asTask), text, ...many(caller, 2, asTask)];
    expect(kinds(await admit(group))).toEqual(['admitted', 'admitted', 'waiting', 'waiting', 'waiting']);
    const waiting = group.slice(2).map(({ task }) => task.id);
    expect(await connections.first.tasks.get(text.task.id, null)).toMatchObject({
      status: 'queued',
      phase: 'waiting_rate',
      startedAt: null,
      attempts: [],
      reservedMicroUsd: 100n,
    });
    expect(await counted(caller)).toEqual({ running: 2, waiting: 3, open: 5 });

    const asked = await Promise.all(waiting.map((id) => connections.second.tasks.passRate(id)));
    // One every half minute.
    [30_000, 60_000, 90_000].forEach((most, place) => {
      expect(asked[place]).toBeGreaterThan(most - 10_000);
      expect(asked[place]).toBeLessThanOrEqual(most);
    });
    await pass(caller, 31);
    const passed = await Promise.all(waiting.map((id) => connections.second.tasks.passRate(id)));
    expect(passed.filter((againMs) => againMs === null)).toHaveLength(1);
    const through = waiting[passed.indexOf(null)] ?? '';
    expect(await connections.first.tasks.get(through, null)).toMatchObject({ status: 'queued', phase: 'waiting_capacity' });
    // Asked twice, it is counted once.
    expect(await connections.first.tasks.passRate(through)).toBeNull();
    expect(await counted(caller)).toEqual({ running: 3, waiting: 2, open: 5 });
  });

  it('goes before those that come later, and leaves the queue when it is cancelled', async () => {
    const caller = await aLimited({ requests_per_minute: 1 });
    const [, waiting, later] = many(caller, 3, asTask);
    await admit([anAdmission(caller), waiting!]);
    await pass(caller, 60);
    expect(kinds(await admit([later!]))).toEqual(['waiting']);
    const cancelled = { status: 'cancelled', actualMicroUsd: 0n, usage: null, textResult: null, attempt: null } as const;
    await connections.first.tasks.settle([aSettlement(waiting!.task.id, cancelled)]);
    expect(await counted(caller)).toEqual({ running: 1, waiting: 1, open: 2 });
    expect(await connections.first.tasks.passRate(later!.task.id)).toBeNull();
  });

  it('waits no more once its key has no rate', async () => {
    const caller = await aLimited({ concurrent: 1 });
    const [running, waiting] = many(caller, 2, asTask);
    await admit([running!, waiting!]);
    expect(await connections.first.tasks.passRate(waiting!.task.id)).toBe(1_000);
    await setRate(caller, {});
    expect(await connections.first.tasks.passRate(waiting!.task.id)).toBeNull();
  });
});

it('starts items of a campaign as fast as the rate of their key lets them, and after single tasks that wait', async () => {
  const caller = await aLimited({ requests_per_minute: 2, concurrent: 2 });
  const id = await aStoredCampaign(connections.first, caller, someItems(6));
  const first = await startNext(connections.first, caller, id);
  expect(first).toMatchObject({ state: 'waiting', started: [1, 2] });
  await endTasks(connections.first, first.taskIds);
  expect(await startNext(connections.first, caller, id)).toMatchObject({ state: 'waiting', started: [] });
  await pass(caller, 30);
  const single = anAdmission(caller, asTask);
  const second = await startNext(connections.first, caller, id);
  expect(second).toMatchObject({ state: 'waiting', started: [3] });
  await admit([single]);
  await pass(caller, 30);
  expect(await startNext(connections.first, caller, id)).toMatchObject({ state: 'waiting', started: [] });
  expect(await connections.first.tasks.passRate(single.task.id)).toBeNull();
  await pass(caller, 30);
  // Two run already.
  expect(await startNext(connections.first, caller, id)).toMatchObject({ state: 'waiting', started: [] });
  await endTasks(connections.first, second.taskIds);
  expect(await startNext(connections.first, caller, id)).toMatchObject({ state: 'waiting', started: [4] });
});
