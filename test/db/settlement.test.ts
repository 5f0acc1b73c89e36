import type { Caller } from '../../domain/access/caller';
import type { Admission } from '../../domain/task/store';
import { useDatabase } from '../support/stack';
import { anAdmission, aSettlement, aTaskId, aTeam, useConnections } from './support';

const connections = useConnections(useDatabase(), ['first', 'second']);

describe('Settlement', () => {
  let caller: Caller;
  beforeEach(async () => {
    caller = await aTeam(connections.first);
  });
  afterEach(async () => {
    expect(await connections.first.ledger.verify()).toMatchObject({ ok: true, problems: [] });
  });

  async function admitted(changes: Parameters<typeof anAdmission>[1] = {}): Promise<Admission> {
    const admission = anAdmission(caller, changes);
    await connections.first.tasks.admit([admission]);
    return admission;
  }
  async function spent(): Promise<bigint | undefined> {
    const rows = await connections.first.query<{ spent: bigint }>(`select spent from accounts where team_id = $1 and held = 0 group by 1`, [
      caller.teamId,
    ]);
    expect(rows).toHaveLength(1);
    return rows[0]?.spent;
  }
  const read = async (admission: Admission) => connections.second.tasks.get(admission.task.id, caller.teamId);

  it('ends the task, books its price and closes its attempt', async () => {
    const admission = await admitted();
    const settlement = aSettlement(admission.task.id);
    expect(await connections.first.tasks.settle([settlement])).toEqual(['settled']);
    const task = await read(admission);
    expect(task).toMatchObject({
      status: 'succeeded',
      phase: 'done',
      progress: 1,
      version: 2,
      reservedMicroUsd: 0n,
      actualMicroUsd: 40n,
      costLines: settlement.costLines,
      usage: settlement.usage,
      textResult: settlement.textResult,
      error: null,
      attempts: [{ n: 1, outcome: 'succeeded', upstreamId: 'chatcmpl-1', costMicroUsd: 40n }],
    });
    expect(task?.finishedAt).toBeInstanceOf(Date);
    expect(task?.attempts[0]?.endedAt).toBeInstanceOf(Date);
    expect(await spent()).toBe(40n);
  });

  it('keeps an answer with escapes that Postgres cannot take apart, and mends a message that has them', async () => {
    const admission = await admitted();
    const textResult = { body: { choices: [{ message: { content: 'NUL \0, half a pair \udc00, and a spelled \\u0000' } }] } };
    const error = { code: 'internal', message: 'a\0b', retryable: true, providerCode: null, providerMessage: null, param: null } as const;
    await connections.first.tasks.settle([aSettlement(admission.task.id, { status: 'failed', textResult, error })]);
    expect(await read(admission)).toMatchObject({ textResult, error: { message: 'a\ufffdb' } });
  });

  it('takes a repeated settlement for what it is, also when it says something else', async () => {
    const admission = await admitted();
    const late = aSettlement(admission.task.id, { status: 'failed', actualMicroUsd: 90n });
    expect(await connections.first.tasks.settle([aSettlement(admission.task.id), late])).toEqual(['settled', 'already']);
    expect(await connections.second.tasks.settle([late])).toEqual(['already']);
    expect(await connections.second.tasks.settle([aSettlement(aTaskId()), late])).toEqual(['missing', 'already']);
    expect(await read(admission)).toMatchObject({ status: 'succeeded', actualMicroUsd: 40n, version: 2 });
    expect(await spent()).toBe(40n);
  });

  it('settles once when many connections settle at once', async () => {
    const admission = await admitted();
    const outcomes = await Promise.all(
      Array.from({ length: 8 }, (_, index) =>
        (index % 2 === 0 ? connections.first : connections.second).tasks.settle([
          aSettlement(admission.task.id, { actualMicroUsd: BigInt(index) }),
        ]),
      ),
    );
    expect(outcomes.flat().filter((outcome) => outcome === 'settled')).toHaveLength(1);
  });

  it.each([
    { actual: 1_000n, booked: 100n },
    { actual: 100n, booked: 100n },
    { actual: 0n, booked: 0n },
    { actual: -5n, booked: 0n },
  ])('books $booked of a reservation of 100 when the price is said to be $actual', async ({ actual, booked }) => {
    const admission = await admitted();
    await connections.first.tasks.settle([aSettlement(admission.task.id, { actualMicroUsd: actual })]);
    expect((await read(admission))?.actualMicroUsd).toBe(booked);
    expect(await spent()).toBe(booked);
  });

  it('releases everything when a task failed free of charge', async () => {
    const admission = await admitted();
    const error = {
      code: 'provider_unavailable',
      message: 'Down.',
      retryable: true,
      providerCode: null,
      providerMessage: 'a\ufffdb',
      param: null,
    } as const;
    await connections.first.tasks.settle([
      aSettlement(admission.task.id, {
        status: 'failed',
        actualMicroUsd: 0n,
        costLines: [],
        usage: null,
        textResult: null,
        error,
        attempt: {
          taskId: admission.task.id,
          n: 1,
          outcome: 'failed',
          errorCode: 'provider_unavailable',
          upstreamId: null,
          costMicroUsd: 0n,
        },
      }),
    ]);
    expect(await read(admission)).toMatchObject({
      status: 'failed',
      progress: 0,
      error,
      attempts: [{ outcome: 'failed', errorCode: 'provider_unavailable' }],
    });
    const rows = await connections.first.query<{ kind: string }>('select kind from ledger where task_id = $1 order by id', [
      admission.task.id,
    ]);
    expect(rows.map((row) => row.kind)).toEqual(['reserve', 'release']);
  });

  it.each([
    { status: 'cancelled', outcome: 'cancelled' },
    { status: 'failed', outcome: 'unknown' },
  ] as const)('closes attempts nobody closed as $outcome when a task ends $status', async ({ status, outcome }) => {
    const admission = await admitted();
    const { id: taskId } = admission.task;
    await connections.first.tasks.beginAttempt({ taskId, n: 2, provider: 'other', model: 'm', instanceId: null });
    await connections.first.tasks.settle([aSettlement(taskId, { status, actualMicroUsd: 0n, attempt: null })]);
    expect((await read(admission))?.attempts).toMatchObject([
      { n: 1, outcome },
      { n: 2, outcome },
    ]);
  });

  it('writes one callback with the end of a task that wants one', async () => {
    const admission = await admitted({ task: { callbackUrl: 'https://example.org/hook' } });
    await connections.first.tasks.settle([aSettlement(admission.task.id)]);
    await connections.first.tasks.settle([aSettlement(admission.task.id)]);
    expect(
      await connections.first.query('select id, team_id, type, url, status, attempts from callbacks where task_id = $1', [
        admission.task.id,
      ]),
    ).toEqual([
      {
        id: admission.task.id.replace('task_', 'evt_'),
        team_id: caller.teamId,
        type: 'task.succeeded',
        url: 'https://example.org/hook',
        status: 'pending',
        attempts: [],
      },
    ]);
  });

  it('gives back part of what a task cost, once for a reason and never more than it cost', async () => {
    const admission = await admitted();
    const { ledger, tasks } = connections.first;
    await expect(ledger.refund(admission.task.id, 10n, 'complaint')).rejects.toMatchObject({ code: 'task_not_finished' });
    await tasks.settle([aSettlement(admission.task.id)]);
    await ledger.refund(admission.task.id, 10n, 'complaint');
    await connections.second.ledger.refund(admission.task.id, 10n, 'complaint');
    expect(await spent()).toBe(30n);
    await expect(ledger.refund(admission.task.id, 31n, 'more')).rejects.toMatchObject({ code: 'invalid_value' });
    await ledger.refund(admission.task.id, 30n, 'rest');
    expect(await spent()).toBe(0n);
    await expect(ledger.refund(aTaskId(), 1n, 'x')).rejects.toMatchObject({ code: 'not_found' });
  });
});
