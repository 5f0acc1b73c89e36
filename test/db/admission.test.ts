import type { Caller } from '../../domain/access/caller';
import type { Admission, AdmitOutcome } from '../../domain/task/store';
import { useDatabase } from '../support/stack';
import { anAdmission, aSettlement, aTaskId, aTeam, setLimit, useConnections } from './support';

const connections = useConnections(useDatabase(), ['first', 'second']);
const key = (text: string) => ({ route: '/v1/chat/completions', key: text });

async function admitOne(admission: Admission): Promise<AdmitOutcome | undefined> {
  return (await connections.first.tasks.admit([admission]))[0];
}

async function balance(caller: Caller): Promise<{ held: bigint; spent: bigint }> {
  const rows = await connections.first.query<{ held: bigint; spent: bigint }>(
    `select held, spent from accounts where kind = 'team' and team_id = $1`,
    [caller.teamId],
  );
  return rows[0] ?? { held: 0n, spent: 0n };
}

function kinds(outcomes: readonly AdmitOutcome[]): readonly string[] {
  return outcomes.map((outcome) => outcome.kind);
}

describe('Admission', () => {
  let caller: Caller;
  beforeEach(async () => {
    caller = await aTeam(connections.first);
  });
  afterEach(async () => {
    expect(await connections.first.ledger.verify()).toMatchObject({ ok: true, problems: [] });
  });

  it('stores a running task with its first attempt and holds the reservation', async () => {
    const admission = anAdmission(caller, {
      task: { metadata: { sku: '0' }, externalId: 'sku-1', skippedRoutes: [{ provider: 'other', reason: 'down' }] },
    });
    expect(await admitOne(admission)).toEqual({ kind: 'admitted' });
    expect(await connections.second.tasks.get(admission.task.id, caller.teamId)).toMatchObject({
      status: 'running',
      phase: 'calling_provider',
      version: 1,
      progress: 0,
      teamName: caller.teamName,
      input: admission.task.input,
      metadata: { sku: '0' },
      externalId: 'sku-1',
      skippedRoutes: [{ provider: 'other', reason: 'down' }],
      estimatedMicroUsd: 100n,
      reservedMicroUsd: 100n,
      actualMicroUsd: null,
      attempts: [{ n: 1, provider: 'sandbox', outcome: 'running', endedAt: null, costMicroUsd: 0n, instanceId: 'instance-1' }],
      outputs: [],
    });
    expect(await balance(caller)).toEqual({ held: 100n, spent: 0n });
  });

  it('stores a queued task without an attempt when no first attempt is given', async () => {
    const admission = anAdmission(caller, { firstAttempt: null });
    await admitOne(admission);
    expect(await connections.first.tasks.get(admission.task.id, null)).toMatchObject({ status: 'queued', startedAt: null, attempts: [] });
  });

  it('keeps text that Postgres cannot hold in text columns', async () => {
    const content = 'NUL \0 and half a pair \ud800 survive';
    const admission = anAdmission(caller, {
      idempotency: key('k\ud800'),
      task: { externalId: 'a\0b', input: { operation: 'chat', messages: [{ role: 'user', content }], params: {} } },
    });
    expect(await admitOne(admission)).toEqual({ kind: 'admitted' });
    const task = await connections.first.tasks.get(admission.task.id, null);
    expect(task?.input).toEqual(admission.task.input);
    expect(task?.externalId).toBe('a\ufffdb');
    const { input } = admission.task;
    const twice = ['x', 'x'].map((text) => anAdmission(caller, { idempotency: key(text), task: { input } }));
    expect(kinds(await connections.first.tasks.admit(twice))).toEqual(['admitted', 'repeat']);
    expect(await connections.first.tasks.get(twice[0]?.task.id ?? '', null)).toMatchObject({ input });
  });

  it('answers a repeated task id without a second reservation', async () => {
    const admission = anAdmission(caller);
    await admitOne(admission);
    expect(await admitOne(admission)).toEqual({ kind: 'repeated' });
    expect((await balance(caller)).held).toBe(100n);
  });

  it('finds the earlier task of an idempotency key, and tells another request with it', async () => {
    const first = anAdmission(caller, { idempotency: key('once') });
    await admitOne(first);
    expect(await admitOne(anAdmission(caller, { idempotency: key('once') }))).toEqual({ kind: 'repeat', taskId: first.task.id });
    const other = anAdmission(caller, { idempotency: key('once'), task: { requestHash: 'b'.repeat(64) } });
    expect(await admitOne(other)).toEqual({ kind: 'key_reused', taskId: first.task.id });
    expect(await connections.first.tasks.findByIdempotencyKey(caller.teamId, '/v1/chat/completions', 'once')).toEqual({
      taskId: first.task.id,
      requestHash: first.task.requestHash,
    });
    expect((await balance(caller)).held).toBe(100n);
  });

  it('keeps idempotency keys of other routes and teams apart', async () => {
    const stranger = await aTeam(connections.first);
    await admitOne(anAdmission(caller, { idempotency: key('shared') }));
    expect(await admitOne(anAdmission(caller, { idempotency: { route: '/v1/tasks', key: 'shared' } }))).toEqual({ kind: 'admitted' });
    expect(await admitOne(anAdmission(stranger, { idempotency: key('shared') }))).toEqual({ kind: 'admitted' });
  });

  it('finds the earlier task of an external id, and tells another request with it', async () => {
    const first = anAdmission(caller, { task: { externalId: 'sku-7' } });
    await admitOne(first);
    expect(await admitOne(anAdmission(caller, { task: { externalId: 'sku-7' } }))).toEqual({ kind: 'repeat', taskId: first.task.id });
    const other = anAdmission(caller, { task: { externalId: 'sku-7', requestHash: 'b'.repeat(64) } });
    expect(await admitOne(other)).toEqual({ kind: 'external_id_in_use', taskId: first.task.id });
  });

  it('lets the first of two members of a group with one key win', async () => {
    const group = [
      anAdmission(caller, { idempotency: key('group') }),
      anAdmission(caller),
      anAdmission(caller, { idempotency: key('group') }),
      anAdmission(caller, { idempotency: key('group'), task: { requestHash: 'b'.repeat(64) } }),
    ];
    const taskId = group[0]?.task.id;
    expect(await connections.first.tasks.admit(group)).toEqual([
      { kind: 'admitted' },
      { kind: 'admitted' },
      { kind: 'repeat', taskId },
      { kind: 'key_reused', taskId },
    ]);
    expect((await balance(caller)).held).toBe(200n);
  });

  it('makes one task of one key that comes in on many connections at once', async () => {
    const repeats = Array.from({ length: 12 }, () => anAdmission(caller, { idempotency: key('race'), task: { externalId: 'race' } }));
    const outcomes = await Promise.all(
      repeats.map((repeat, index) => (index % 2 === 0 ? connections.first : connections.second).tasks.admit([repeat])),
    );
    const all = outcomes.flat();
    expect(kinds(all).filter((kind) => kind === 'admitted')).toHaveLength(1);
    const winner = repeats[all.findIndex((outcome) => outcome.kind === 'admitted')]?.task.id;
    expect(all.filter((outcome) => outcome.kind !== 'admitted')).toEqual(Array(11).fill({ kind: 'repeat', taskId: winner }));
    expect((await balance(caller)).held).toBe(100n);
  });

  it('refuses what does not fit, stores it as failed, holds nothing and takes no key', async () => {
    await setLimit(connections.first, 'class', caller.teamId, 'production', 150n);
    await admitOne(anAdmission(caller));
    const refused = anAdmission(caller, {
      idempotency: key('later'),
      task: { externalId: 'later', callbackUrl: 'https://example.org/hook' },
    });
    expect(await admitOne(refused)).toMatchObject({
      kind: 'refused',
      refusal: {
        details: { budget: 'class:production', period: 'total', limit_usd: '0.00015', spent_usd: '0', held_usd: '0.0001', resets_at: null },
      },
    });
    expect(await connections.first.tasks.get(refused.task.id, caller.teamId)).toMatchObject({
      status: 'failed',
      phase: 'done',
      reservedMicroUsd: 0n,
      actualMicroUsd: null,
      attempts: [],
      externalId: null,
      error: { code: 'insufficient_quota', retryable: false, message: expect.stringContaining('has 0.00005 USD left') as string },
    });
    expect((await balance(caller)).held).toBe(100n);
    expect(await connections.first.query('select 1 from callbacks where task_id = $1', [refused.task.id])).toEqual([]);
    await setLimit(connections.first, 'class', caller.teamId, 'production', 200n);
    const again = anAdmission(caller, { idempotency: key('later'), task: { externalId: 'later' } });
    expect(await admitOne(again)).toEqual({ kind: 'admitted' });
  });

  it('decides a group that does not fit as a whole one by one, in order', async () => {
    await setLimit(connections.first, 'team', caller.teamId, '', 250n);
    const group = [100n, 100n, 100n, 50n, 1n].map((reserveMicroUsd) => anAdmission(caller, { reserveMicroUsd }));
    expect(kinds(await connections.first.tasks.admit(group))).toEqual(['admitted', 'admitted', 'refused', 'admitted', 'refused']);
    expect((await balance(caller)).held).toBe(250n);
  });

  it('admits a free task of a team that has nothing left', async () => {
    await setLimit(connections.first, 'team', caller.teamId, '', 100n);
    await admitOne(anAdmission(caller));
    await setLimit(connections.first, 'team', caller.teamId, '', 10n);
    expect(await admitOne(anAdmission(caller, { reserveMicroUsd: 0n }))).toEqual({ kind: 'admitted' });
    expect(await admitOne(anAdmission(caller, { reserveMicroUsd: 1n }))).toMatchObject({
      kind: 'refused',
      refusal: { message: expect.stringContaining('has 0 USD left') as string },
    });
  });

  it('holds the month of a team to its monthly limit', async () => {
    const monthly = await aTeam(connections.first, 150n);
    expect(await admitOne(anAdmission(monthly))).toEqual({ kind: 'admitted' });
    expect(await admitOne(anAdmission(monthly))).toMatchObject({
      kind: 'refused',
      refusal: {
        message: expect.stringMatching(
          /^The budget of the team for this month has 0.00005 USD left .* It resets at \d{4}-\d\d-01T00:00:00Z/,
        ) as string,
        details: {
          budget: `team:${monthly.teamName}`,
          period: 'monthly',
          limit_usd: '0.00015',
          resets_at: expect.stringMatching(/-01T00:00:00Z$/) as string,
        },
      },
    });
  });

  it('holds a campaign to its budget', async () => {
    await setLimit(connections.first, 'campaign', caller.teamId, 'camp_1', 100n);
    const item = () => anAdmission(caller, { firstAttempt: null, task: { campaignId: 'camp_1', endpoint: 'campaigns' } });
    expect(kinds(await connections.first.tasks.admit([item(), item()]))).toEqual(['admitted', 'refused']);
    expect(await admitOne(anAdmission(caller))).toEqual({ kind: 'admitted' });
  });

  it('admits exactly 100 of 200 concurrent tasks on a budget for 100', async () => {
    await setLimit(connections.first, 'credential', caller.teamId, String(caller.credentialId), 10_000n);
    const sizes = [1, 3, 16, 1, 29, 50, 64, 36];
    const groups = sizes.map((size) => Array.from({ length: size }, () => anAdmission(caller)));
    const outcomes = await Promise.all(
      groups.map((group, index) => (index % 2 === 0 ? connections.first : connections.second).tasks.admit(group)),
    );
    expect(kinds(outcomes.flat()).filter((kind) => kind === 'admitted')).toHaveLength(100);
    expect(kinds(outcomes.flat()).filter((kind) => kind === 'refused')).toHaveLength(100);
    expect((await balance(caller)).held).toBe(10_000n);
  });

  it('admits and settles many groups of several teams at once without a deadlock', async () => {
    const callers = await Promise.all([aTeam(connections.first), aTeam(connections.first), aTeam(connections.first)]);
    const rounds = Array.from({ length: 24 }, async (_, index) => {
      const { tasks } = index % 2 === 0 ? connections.first : connections.second;
      const group = Array.from({ length: 12 }, (__, place) => anAdmission(callers[(index + place) % 3] ?? caller));
      expect(kinds(await tasks.admit(group))).toEqual(Array(12).fill('admitted'));
      const settlements = group.map(({ task }) => aSettlement(task.id)).reverse();
      expect(await tasks.settle(settlements)).toEqual(Array(12).fill('settled'));
    });
    await Promise.all(rounds);
    for (const one of callers) expect(await balance(one)).toEqual({ held: 0n, spent: 96n * 40n });
  });

  it('answers an empty group with nothing, and knows no stranger', async () => {
    expect(await connections.first.tasks.admit([])).toEqual([]);
    expect(await connections.first.tasks.get(aTaskId(), null)).toBeNull();
  });
});
