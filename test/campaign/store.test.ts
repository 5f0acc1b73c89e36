import type { Database } from '../../adapters/db';
import type { Campaign } from '../../domain/campaign';
import type { Caller } from '../../domain/catalogue';
import { anAdmission, aTeam, setLimit, useConnections } from '../db/support';
import { useDatabase } from '../support/stack';
import { aCampaign, aStoredCampaign, endTasks, someItems, startNext } from './support/build';

const connections = useConnections(useDatabase(), ['first', 'second']);
let database: Database;
let caller: Caller;

beforeEach(async () => {
  database = connections.first;
  caller = await aTeam(database);
});

async function read(id: string): Promise<Campaign> {
  const campaign = await database.campaigns.get(id, caller.teamId);
  if (campaign === null) throw new Error(`no campaign ${id}`);
  const { total, queued, running, succeeded, failed, cancelled } = campaign.counts;
  expect(queued + running + succeeded + failed + cancelled).toBe(total);
  return campaign;
}

async function events(id: string): Promise<string[]> {
  const rows = await database.query<{ type: string }>('select type from callbacks where campaign_id = $1 order by id', [id]);
  return rows.map((row) => row.type);
}

test('a campaign is stored with its items and read back as it was given', async () => {
  const campaign = aCampaign(caller, {
    maxCostMicroUsd: 5_000n,
    callbackUrl: 'https://example.com/hook',
    metadata: { season: 'spring' },
    start: false,
  });
  const items = someItems(7, (index) => ({ externalId: `ext-${String(index)}`, finishWithinS: 90, maxCostMicroUsd: 0n }));
  const outcome = await database.campaigns.create(campaign, [items.slice(0, 3), items.slice(3)]);

  expect(outcome).toEqual({ kind: 'created' });
  expect(await read(campaign.id)).toMatchObject({
    id: campaign.id,
    caller,
    status: 'draft',
    startedAt: null,
    counts: { total: 7, queued: 7 },
    estimatedMicroUsd: 700n,
    reservedMicroUsd: 0n,
    maxCostMicroUsd: 5_000n,
    callbackUrl: 'https://example.com/hook',
    metadata: { season: 'spring' },
  });
  const page = await database.campaigns.items({ campaignId: campaign.id, limit: 3, after: 'sku-3' });
  expect(page.hasMore).toBe(true);
  expect(page.data).toEqual(
    items.slice(3, 6).map((item) => ({ ...item, status: 'queued', taskId: null, tries: 0, error: null, outputs: [] })),
  );
  await expect(database.campaigns.items({ campaignId: campaign.id, limit: 3, after: 'sku-9' })).rejects.toMatchObject({
    code: 'invalid_value',
    facts: { param: 'after' },
  });
  expect(await database.campaigns.get(campaign.id, caller.teamId + 1)).toBeNull();
});

test('two campaigns with one idempotency key are one', async () => {
  const idempotency = { route: 'POST /v1/campaigns', key: `key-${String(caller.teamId)}` };
  const [left, right] = [aCampaign(caller, { idempotency }), aCampaign(caller, { idempotency })];
  const outcomes = await Promise.all([
    connections.first.campaigns.create(left, [someItems(5)]),
    connections.second.campaigns.create(right, [someItems(5)]),
  ]);
  const reused = await database.campaigns.create(aCampaign(caller, { idempotency, requestHash: 'c'.repeat(64) }), [someItems(1)]);

  expect(outcomes.map(({ kind }) => kind).sort()).toEqual(['created', 'twin']);
  const { data } = await database.campaigns.list({ teamId: caller.teamId, limit: 10 });
  expect(data).toHaveLength(1);
  expect(reused).toEqual({ kind: 'key_reused', campaignId: data[0]?.id });
  expect(await database.campaigns.findByIdempotencyKey(caller.teamId, idempotency.route, idempotency.key)).toEqual({
    campaignId: data[0]?.id,
    requestHash: 'a'.repeat(64),
  });
});

test('a campaign whose items repeat a key leaves nothing behind', async () => {
  const campaign = aCampaign(caller);
  await expect(database.campaigns.create(campaign, [someItems(3, () => ({ key: 'same' }))])).rejects.toMatchObject({
    code: 'invalid_campaign_items',
  });
  expect(await database.campaigns.get(campaign.id, null)).toBeNull();
});

test('items start in order up to the window, end with their tasks, and the last one closes the campaign', async () => {
  const id = await aStoredCampaign(database, caller, someItems(5), { concurrency: 3, callbackUrl: 'https://example.com/hook' });
  const before = await read(id);
  const first = await startNext(database, caller, id);

  expect(first).toMatchObject({ state: 'going', started: [1, 2, 3] });
  expect((await startNext(database, caller, id)).started).toEqual([]);
  const running = await read(id);
  expect(running).toMatchObject({ counts: { queued: 2, running: 3 }, reservedMicroUsd: 300n });
  expect(running.version).toBeGreaterThan(before.version);

  await endTasks(database, first.taskIds.slice(0, 2));
  await endTasks(database, first.taskIds.slice(0, 3), 'failed');
  expect(await read(id)).toMatchObject({
    counts: { queued: 2, running: 0, succeeded: 2, failed: 1 },
    reservedMicroUsd: 0n,
    actualMicroUsd: 80n,
  });
  const last = await startNext(database, caller, id);
  expect(last.started).toEqual([4, 5]);
  expect(await events(id)).toEqual([]);
  await endTasks(database, last.taskIds);

  const ended = await read(id);
  expect(ended).toMatchObject({ status: 'completed', counts: { succeeded: 4, failed: 1 }, cancelRequested: false });
  expect(ended.finishedAt).not.toBeNull();
  expect(await events(id)).toEqual(['campaign.completed']);
  const failed = await database.campaigns.items({ campaignId: id, status: 'failed', limit: 10 });
  expect(failed.data).toMatchObject([{ key: 'sku-3', tries: 1, taskId: first.taskIds[2], error: { code: 'provider_unavailable' } }]);
  expect((await database.ledger.verify()).problems).toEqual([]);
});

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
  ['team', ''],
  ['class', 'production'],
  ['month', new Date().toISOString().slice(0, 7)],
])('the quota of the %s pauses a campaign and leaves what runs alone', async (kind, key) => {
  await setLimit(database, kind, caller.teamId, key, 299n);
  const id = await aStoredCampaign(database, caller, someItems(5), { callbackUrl: 'https://example.com/hook' });
  const first = await startNext(database, caller, id);

  expect(first).toMatchObject({ state: 'paused', started: [1, 2] });
  expect(await read(id)).toMatchObject({ status: 'paused', statusReason: 'insufficient_quota', counts: { queued: 3, running: 2 } });
  await endTasks(database, first.taskIds);
  expect(await events(id)).toEqual([]);
  expect(await database.campaigns.resume(id)).toBe('done');
  expect(await read(id)).toMatchObject({ status: 'running', statusReason: null });
  expect((await startNext(database, caller, id)).started).toEqual([3, 4]);
});

test('each verb does what its state allows', async () => {
  const { campaigns } = database;
  const id = await aStoredCampaign(database, caller, someItems(3), { start: false });

  for (const verb of ['pause', 'resume'] as const) expect(await campaigns[verb](id, null)).toBe('refused');
  expect(await campaigns.retry(id, 'failed')).toBe('refused');
  expect(await campaigns.start(id)).toBe('done');
  expect(await campaigns.start(id)).toBe('refused');
  expect(await campaigns.resume(id)).toBe('repeated');
  expect(await campaigns.pause(id, null)).toBe('done');
  expect(await campaigns.pause(id, null)).toBe('repeated');
  expect(await campaigns.start(id)).toBe('refused');
  expect((await startNext(database, caller, id)).started).toEqual([]);
  expect(await campaigns.resume(id)).toBe('done');
  expect(await campaigns.change(id, { name: 'summer', concurrency: 2 })).toBe('done');
  expect(await campaigns.change(id, { name: 'summer', concurrency: 2 })).toBe('repeated');
  expect(await read(id)).toMatchObject({ name: 'summer', concurrency: 2 });
  expect(await campaigns.change(id, { name: null })).toBe('done');
  expect((await read(id)).name).toBeNull();

  const { taskIds } = await startNext(database, caller, id);
  expect(await campaigns.cancel(id)).toBe('done');
  expect(await campaigns.cancel(id)).toBe('repeated');
  expect(await read(id)).toMatchObject({ status: 'running', counts: { running: 2, cancelled: 1 }, finishedAt: null });
  for (const verb of ['pause', 'resume', 'start'] as const) expect(await campaigns[verb](id, null)).toBe('refused');
  expect(await campaigns.retry(id, ['sku-3'])).toBe('refused');
  await endTasks(database, taskIds, 'cancelled');
  expect(await read(id)).toMatchObject({ status: 'cancelled', counts: { cancelled: 3 } });
  expect(await campaigns.cancel(id)).toBe('repeated');
  expect(await campaigns.change(id, { concurrency: 4 })).toBe('refused');
  expect(await campaigns.resume(id)).toBe('refused');
  for (const verb of ['start', 'pause', 'resume', 'cancel'] as const) expect(await campaigns[verb]('camp_none', null)).toBe('missing');
});

test('a draft that is cancelled has ended at once, and a completed one cannot be cancelled', async () => {
  const draft = await aStoredCampaign(database, caller, someItems(2), { start: false, callbackUrl: 'https://example.com/hook' });
  await database.campaigns.cancel(draft);
  const done = await aStoredCampaign(database, caller, someItems(1));
  await endTasks(database, (await startNext(database, caller, done)).taskIds);

  expect(await read(draft)).toMatchObject({ status: 'cancelled', startedAt: null, counts: { cancelled: 2 } });
  expect(await events(draft)).toEqual(['campaign.cancelled']);
  expect(await database.campaigns.cancel(done)).toBe('refused');
});

test('failed items are tried again with tasks that replay the earlier ones, and the campaign ends anew', async () => {
  const id = await aStoredCampaign(database, caller, someItems(3), { callbackUrl: 'https://example.com/hook' });
  const first = await startNext(database, caller, id);
  await endTasks(database, first.taskIds.slice(0, 1));
  await endTasks(database, first.taskIds.slice(1), 'failed');
  const before = await read(id);

  await expect(database.campaigns.retry(id, ['sku-2', 'sku-1'])).rejects.toMatchObject({
    code: 'invalid_value',
    facts: { param: 'items[1]' },
  });
  await expect(database.campaigns.retry(id, ['nobody'])).rejects.toMatchObject({
    code: 'invalid_value',
    message: expect.stringContaining('nobody'),
  });
  expect(await database.campaigns.retry(id, ['sku-3'])).toBe('done');
  expect(await read(id)).toMatchObject({ status: 'running', finishedAt: null, counts: { queued: 1, failed: 1, succeeded: 1 } });
  const [again] = (await startNext(database, caller, id)).taskIds;
  expect(await database.tasks.get(again ?? '', null)).toMatchObject({ replayOf: first.taskIds[2], campaignId: id });
  expect(await database.campaigns.retry(id, 'failed')).toBe('done');
  expect(await database.campaigns.retry(id, 'failed')).toBe('repeated');
  const more = await startNext(database, caller, id);
  await endTasks(database, [...more.taskIds, again ?? '']);

  const after = await read(id);
  expect(after).toMatchObject({
    status: 'completed',
    counts: { succeeded: 3, failed: 0 },
    actualMicroUsd: 120n,
    startedAt: before.startedAt,
  });
  expect(await events(id)).toEqual(['campaign.completed', 'campaign.completed']);
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

test('campaigns that nobody looks at are found until they are looked at', async () => {
  const id = await aStoredCampaign(database, caller, someItems(1));
  expect(await database.campaigns.findActive(60_000, 1_000)).toContain(id);
  await database.campaigns.reconcile(id);
  expect(await database.campaigns.findActive(60_000, 1_000)).not.toContain(id);
});
