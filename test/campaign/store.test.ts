import type { Database } from '../../adapters/db';
import type { Campaign } from '../../domain/campaign/campaign';
import type { Caller } from '../../domain/access/caller';
import { AppError } from '../../domain/errors';
import { taskErrorOf } from '../../domain/task/error';
import { aTeam, useConnections } from '../db/support';
import { useDatabase } from '../support/stack';
import { aCampaign, aStoredCampaign, endTasks, eventsOf, readCampaign, someItems, startNext } from './support/build';

const connections = useConnections(useDatabase(), ['first', 'second']);
let database: Database;
let caller: Caller;

beforeEach(async () => {
  database = connections.first;
  caller = await aTeam(database);
});

const read = (id: string): Promise<Campaign> => readCampaign(database, caller, id);
const events = (id: string): Promise<string[]> => eventsOf(database, id);

test('the next items come until their inputs have 8 MiB together, the first one however large it is', async () => {
  const mib = [9, 3, 4, 2, 0];
  const items = someItems(mib.length, (index) => ({
    input: { operation: 'image', prompt: 'x'.repeat((mib[index - 1] ?? 0) * 1024 * 1024), images: [], output: {}, params: {} },
  }));
  const id = await aStoredCampaign(database, caller, items, { concurrency: 25 });
  const indexes = async () => (await database.campaigns.nextItems(id, 25)).map(({ index }) => index);

  expect(await indexes()).toEqual([1]);
  const error = taskErrorOf(new AppError('model_not_found', 'The model is gone.'));
  await database.campaigns.failItems(id, [{ index: 1, error }]);
  expect(await indexes()).toEqual([2, 3, 4]);
});

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
    items.slice(3, 6).map(({ input: _input, ...item }) => ({
      ...item,
      status: 'queued',
      taskId: null,
      tries: 0,
      actualMicroUsd: null,
      error: null,
      outputs: [],
      delivered: [],
    })),
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

  expect(outcomes.map(({ kind }) => kind).sort()).toEqual(['created', 'repeat']);
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

test('campaigns that nobody looks at are found until they are looked at', async () => {
  const id = await aStoredCampaign(database, caller, someItems(1));
  expect(await database.campaigns.findActive(60_000, 1_000, null)).toContain(id);
  await database.campaigns.reconcile(id);
  expect(await database.campaigns.findActive(60_000, 1_000, null)).not.toContain(id);
});

test('items whose inputs outlived the retention are not tried again', async () => {
  const id = await aStoredCampaign(database, caller, someItems(2));
  await endTasks(database, (await startNext(database, caller, id)).taskIds, 'failed');
  await database.query('update teams set retention_days = 3 where id = $1', [caller.teamId]);
  await database.query(`update campaigns set finished_at = now() - interval '73 hours' where id = $1`, [id]);

  await expect(database.campaigns.retry(id, 'failed')).rejects.toMatchObject({ code: 'campaign_state' });
  expect(await read(id)).toMatchObject({ status: 'completed', counts: { failed: 2 } });
});
