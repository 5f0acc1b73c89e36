import type { Database } from '../../adapters/db';
import type { Campaign } from '../../domain/campaign/campaign';
import type { Caller } from '../../domain/access/caller';
import { anAdmission, aTeam, setLimit, useConnections } from '../db/support';
import { useDatabase } from '../support/stack';
import { aStoredCampaign, endTasks, eventsOf, readCampaign, someItems, startNext } from './support/build';

const connections = useConnections(useDatabase(), ['first', 'second']);
let database: Database;
let caller: Caller;

beforeEach(async () => {
  database = connections.first;
  caller = await aTeam(database);
});

const read = (id: string): Promise<Campaign> => readCampaign(database, caller, id);
const events = (id: string): Promise<string[]> => eventsOf(database, id);

test('a start that was prepared before a cancel, or twice, starts nothing', async () => {
  const id = await aStoredCampaign(database, caller, someItems(4));
  const items = await database.campaigns.nextItems(id, 2);
  const starts = items.map((item) => ({
    index: item.index,
    tries: item.tries,
    admission: anAdmission(caller, { firstAttempt: null, task: { campaignId: id, endpoint: 'campaigns' } }),
  }));
  const outcomes = await Promise.all([
    connections.first.campaigns.startItems(id, starts),
    connections.second.campaigns.startItems(
      id,
      starts.map((start) => ({ ...start, admission: anAdmission(caller, { firstAttempt: null, task: { campaignId: id } }) })),
    ),
  ]);
  expect(outcomes.map(({ started }) => started.length).sort()).toEqual([0, 2]);

  const late = await database.campaigns.nextItems(id, 2);
  await database.campaigns.cancel(id);
  const stopped = await database.campaigns.startItems(
    id,
    late.map((item) => ({
      index: item.index,
      tries: 0,
      admission: anAdmission(caller, { firstAttempt: null, task: { campaignId: id } }),
    })),
  );
  expect(stopped).toEqual({ state: 'stopped', started: [], clashed: [] });
  expect(await read(id)).toMatchObject({ status: 'running', cancelRequested: true, counts: { running: 2, cancelled: 2 } });
});

test('the budget is a hard ceiling: it waits for what runs, is exhausted when nothing does, and goes on when raised', async () => {
  const id = await aStoredCampaign(database, caller, someItems(10), { maxCostMicroUsd: 250n, callbackUrl: 'https://example.com/hook' });
  const first = await startNext(database, caller, id);
  expect(first).toMatchObject({ state: 'waiting', started: [1, 2] });
  await endTasks(database, first.taskIds);
  // 80 of 250 are spent: one more fits, and then one more after it.
  const second = await startNext(database, caller, id);
  expect(second).toMatchObject({ state: 'waiting', started: [3] });
  await endTasks(database, second.taskIds);
  const third = await startNext(database, caller, id);
  await endTasks(database, third.taskIds);
  expect(third.started).toEqual([4]);
  expect(await startNext(database, caller, id)).toMatchObject({ state: 'exhausted', started: [] });
  expect(await read(id)).toMatchObject({ status: 'budget_exhausted', counts: { queued: 6, succeeded: 4 }, actualMicroUsd: 160n });

  expect(await database.campaigns.resume(id)).toBe('refused');
  expect(await database.campaigns.change(id, { maxCostMicroUsd: 259n })).toBe('done');
  expect((await read(id)).status).toBe('budget_exhausted');
  await database.campaigns.change(id, { maxCostMicroUsd: 260n });
  expect((await read(id)).status).toBe('running');
  const fifth = await startNext(database, caller, id);
  expect(fifth.started).toEqual([5]);
  await endTasks(database, fifth.taskIds, 'failed');
  await database.campaigns.change(id, { maxCostMicroUsd: 160n });
  await startNext(database, caller, id);
  expect((await read(id)).status).toBe('budget_exhausted');
  expect(await events(id)).toEqual(['campaign.budget_exhausted', 'campaign.budget_exhausted']);
  await database.campaigns.change(id, { maxCostMicroUsd: null });
  expect(await read(id)).toMatchObject({ status: 'running', maxCostMicroUsd: null });
  expect((await database.ledger.verify()).problems).toEqual([]);
});

test.each([
  ['team', '', 'total'],
  ['class', 'production', 'daily'],
  ['team', '', 'monthly'],
] as const)('the quota of the %s pauses a campaign, says so, and leaves what runs alone', async (kind, key, period) => {
  await setLimit(database, kind, caller.teamId, key, 299n, period);
  const id = await aStoredCampaign(database, caller, someItems(5), { callbackUrl: 'https://example.com/hook' });
  const first = await startNext(database, caller, id);

  expect(first).toMatchObject({ state: 'paused', started: [1, 2] });
  expect(await read(id)).toMatchObject({ status: 'paused', statusReason: 'insufficient_quota', counts: { queued: 3, running: 2 } });
  expect((await read(id)).statusDetails).toMatchObject({
    budget: expect.stringMatching(`^${kind}:`) as string,
    period,
    limit_usd: '0.000299',
    spent_usd: '0',
    held_usd: '0.0002',
  });
  await endTasks(database, first.taskIds);
  expect(await events(id)).toEqual([]);
  expect(await database.campaigns.resume(id)).toBe('done');
  expect(await read(id)).toMatchObject({ status: 'running', statusReason: null, statusDetails: null });
  expect((await startNext(database, caller, id)).started).toEqual([3, 4]);
});

test('an item whose external id belongs to another task is told apart and costs nothing', async () => {
  const [taken] = [anAdmission(caller, { task: { externalId: 'sku-2' } })];
  await database.tasks.admit([taken]);
  const id = await aStoredCampaign(
    database,
    caller,
    someItems(3, (index) => ({ externalId: `sku-${String(index)}` })),
  );
  const outcome = await startNext(database, caller, id);
  await database.campaigns.failItems(id, [
    {
      index: 2,
      error: {
        code: 'external_id_in_use',
        message: 'taken',
        retryable: false,
        providerCode: null,
        providerMessage: null,
        param: 'external_id',
      },
    },
  ]);

  expect(outcome).toMatchObject({ started: [1, 3], clashed: [{ index: 2, taskId: taken.task.id }] });
  expect(await read(id)).toMatchObject({ counts: { running: 2, failed: 1 }, reservedMicroUsd: 200n });
});

test('ends, starts and verbs at the same time never lose a count or wait for each other forever', async () => {
  await setLimit(database, 'team', caller.teamId, '', 1_000_000n);
  const ids = await Promise.all(
    [1, 2, 3].map(() => aStoredCampaign(database, caller, someItems(40), { concurrency: 7, maxCostMicroUsd: 3_000n })),
  );
  const open: string[] = [];
  const work = async (side: Database, id: string): Promise<void> => {
    for (let round = 0; round < 60; round += 1) {
      open.push(...(await startNext(side, caller, id, 5)).taskIds);
      // Across campaigns in one group, as the lane settles.
      await endTasks(side, open.splice(0, 6), round % 7 === 0 ? 'failed' : 'succeeded');
      if (round % 9 === 0) await side.campaigns.change(id, { concurrency: 1 + (round % 11), maxCostMicroUsd: BigInt(2_000 + round * 40) });
      if (round % 13 === 0) await side.campaigns.pause(id, null);
      await side.campaigns.resume(id);
      if (round % 17 === 0) await side.campaigns.retry(id, 'failed');
      await read(id);
    }
  };
  await Promise.all(ids.flatMap((id) => [work(connections.first, id), work(connections.second, id)]));
  await endTasks(database, open.splice(0));

  for (const id of ids) {
    const { counts, actualMicroUsd, reservedMicroUsd } = await read(id);
    expect(counts.succeeded).toBe(40);
    expect(actualMicroUsd).toBe(1_600n);
    expect(reservedMicroUsd).toBe(0n);
  }
  expect((await database.ledger.verify()).problems).toEqual([]);
});

test('single requests of the last moments are seen, items of campaigns are not taken for them', async () => {
  const id = await aStoredCampaign(database, caller, someItems(2));
  await database.query('delete from tasks where campaign_id is null');
  await startNext(database, caller, id);
  expect(await database.campaigns.recentSingles(60_000)).toBe('none');
  await database.tasks.admit([anAdmission(caller)]);
  expect(await database.campaigns.recentSingles(60_000)).toBe('text');
  await database.tasks.admit([anAdmission(caller, { firstAttempt: null, task: { type: 'image', operation: 'image' } })]);
  expect(await database.campaigns.recentSingles(60_000)).toBe('media');
});

test.each([
  ['has expired', 'credential_expired', 'expires_at = now()', 'expires_at = null'],
  ['was revoked', 'credential_revoked', 'revoked_at = now()', 'revoked_at = null'],
])('a campaign whose key %s starts nothing more and says so; what runs goes on', async (_what, reason, ends, begins) => {
  const id = await aStoredCampaign(database, caller, someItems(4), { concurrency: 2 });
  const { taskIds } = await startNext(database, caller, id);
  await database.query(`update credentials set ${ends} where id = $1`, [caller.credentialId]);
  await endTasks(database, taskIds);

  expect(await startNext(database, caller, id)).toMatchObject({ state: 'paused', started: [] });
  expect(await read(id)).toMatchObject({
    status: 'paused',
    statusReason: reason,
    statusDetails: null,
    counts: { queued: 2, running: 0, succeeded: 2 },
  });

  await database.query(`update credentials set ${begins} where id = $1`, [caller.credentialId]);
  await database.campaigns.resume(id);
  expect(await startNext(database, caller, id)).toMatchObject({ state: 'going', started: [3, 4] });
});
