import { createTaskStore } from '../../adapters/db/tasks';
import { createTaskContents } from '../../adapters/db/tasks/contents';
import { createTextStore } from '../../adapters/storage/texts';
import type { Caller } from '../../domain/access/caller';
import { LARGEST_IN_ROW } from '../../domain/task/contents';
import { aStoredCampaign, endTasks, someItems, startNext } from '../campaign/support/build';
import { aSettlement, aTeam, anAdmission, useConnections } from '../db/support';
import { useBucket, useDatabase } from '../support/stack';
import { aMediaInput, anAsset, anImageTask, existing, failToStore, PROMPT, retain, succeed, useHouse } from './support/house';

const connections = useConnections(useDatabase(), ['house']);
const bucket = useBucket();
const house = useHouse(
  () => connections.house,
  () => bucket,
);

async function aTeamKeeping(days: number | null): Promise<Caller> {
  const caller = await aTeam(house.database);
  await retain(house.database, caller, days);
  return caller;
}

/** Everything of a task that the database holds, as text. */
async function rowsOf(id: string): Promise<string> {
  const rows = await house.database.query(
    `select (select row_to_json(t) from tasks t where t.id = $1)::text, (select json_agg(a) from attempts a where a.task_id = $1)::text,
            (select json_agg(o) from assets o where o.task_id = $1)::text`,
    [id],
  );
  return JSON.stringify(rows);
}

test("after the team's days a task loses its contents and keeps its books", async () => {
  const caller = await aTeamKeeping(3);
  const id = await anImageTask(house.database, caller);
  const asset = await succeed(house, caller, id);
  const before = await house.database.tasks.get(id, null);
  const files = [asset.key, String(asset.thumbnailKey)];

  await house.keepHouse(2.9);
  expect(await house.database.tasks.get(id, null)).toEqual(before);
  expect(await existing(house, files)).toEqual(files);

  await house.keepHouse(3.1);
  const after = await house.database.tasks.get(id, null);
  expect(after).toEqual({
    ...before,
    version: (before?.version ?? 0) + 1,
    contentsExpiredAt: new Date((before?.finishedAt?.getTime() ?? 0) + 3 * 86_400_000),
    input: { operation: 'image', prompt: '', images: [], output: { size: '512x512', seed: 7 }, params: {} },
    output: { size: '512x512', seed: 7 },
    outputs: [{ ...before?.outputs[0], revisedPrompt: null, contentsExpiredAt: after?.contentsExpiredAt }],
  });
  expect(after?.actualMicroUsd).toBe(40n);
  expect(await existing(house, files)).toEqual([]);
  expect(await rowsOf(id)).not.toMatch(/secret boat|for Ann|A boat at sea/);
  expect((await house.database.ledger.verify()).problems).toEqual([]);
});

test('contents in the object store go with them', async () => {
  const caller = await aTeamKeeping(1);
  const logger = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined, child: () => logger };
  const contents = createTaskContents({ texts: createTextStore(house.objects), logger });
  const tasks = createTaskStore(house.database, contents);
  const chat = anAdmission(caller, {
    task: {
      input: { operation: 'chat', messages: [{ role: 'user', content: PROMPT.repeat(30_000) }], params: { storedAt: 'contents/x/input' } },
    },
  });
  const image = await anImageTask({ tasks }, caller, { input: aMediaInput({ params: { note: 'n'.repeat(LARGEST_IN_ROW) } }) });
  await tasks.admit([chat]);
  await tasks.settle([
    aSettlement(chat.task.id, { textResult: { body: { text: 'y'.repeat(LARGEST_IN_ROW) } } }),
    aSettlement(image, { textResult: null }),
  ]);
  const keys = [`contents/${chat.task.id}/input`, `contents/${chat.task.id}/result`, `contents/${image}/input`];
  expect(await existing(house, keys)).toEqual(keys);

  await house.keepHouse(1.1);

  expect(await existing(house, keys)).toEqual([]);
  expect(await tasks.get(chat.task.id, null)).toMatchObject({ input: { operation: 'chat', messages: [] }, textResult: null });
  expect(await tasks.get(image, null)).toMatchObject({ input: { prompt: '' }, output: { size: '512x512', seed: 7 } });
});

test('texts lose messages and answer, whatever characters they hold', async () => {
  const caller = await aTeamKeeping(1);
  const message = { role: 'user', content: `${PROMPT} \u0000 \ud800 "operation":"embedding"` };
  const chat = anAdmission(caller, { task: { input: { operation: 'chat', messages: [message], params: { user: 'secret boat' } } } });
  const embedding = anAdmission(caller, {
    task: { operation: 'embedding', endpoint: 'embeddings', input: { operation: 'embedding', input: [PROMPT], params: {} } },
  });
  const odd = await anImageTask(house.database, caller, { input: aMediaInput({ prompt: message.content }) });
  await house.database.tasks.admit([chat, embedding]);
  await house.database.tasks.settle([chat, embedding].map(({ task }) => aSettlement(task.id)));
  await succeed(house, caller, odd);

  await house.keepHouse(1.1);

  const [chatAfter, embeddingAfter, oddAfter] = await Promise.all(
    [chat.task.id, embedding.task.id, odd].map((id) => house.database.tasks.get(id, null)),
  );
  expect(chatAfter).toMatchObject({ input: { operation: 'chat', messages: [], params: {} }, textResult: null, usage: { inputTokens: 12 } });
  expect(embeddingAfter).toMatchObject({ input: { operation: 'embedding', input: '', params: {} }, textResult: null });
  expect(oddAfter).toMatchObject({ input: { operation: 'image', prompt: '' }, contentsExpiredAt: expect.any(Date) as Date });
  for (const id of [chat.task.id, embedding.task.id, odd]) expect(await rowsOf(id)).not.toMatch(/secret boat|The sea is wide/);
});

test('a team without retention keeps everything, and an open task is never touched', async () => {
  const keeper = await aTeamKeeping(null);
  const kept = await anImageTask(house.database, keeper);
  const asset = await succeed(house, keeper, kept);
  const strict = await aTeamKeeping(1);
  const open = await anImageTask(house.database, strict);

  await house.keepHouse(3_000);

  expect(await house.database.tasks.get(kept, null)).toMatchObject({ contentsExpiredAt: null, input: { prompt: PROMPT } });
  expect(await existing(house, [asset.key])).toEqual([asset.key]);
  expect(await house.database.tasks.get(open, null)).toMatchObject({ contentsExpiredAt: null, input: { prompt: PROMPT } });
});

test('readers see the end of the retention before the housekeeping comes', async () => {
  const caller = await aTeamKeeping(1);
  const id = await anImageTask(house.database, caller);
  const asset = await succeed(house, caller, id);
  await house.database.query(`update tasks set finished_at = now() - interval '25 hours' where id = $1`, [id]);

  const task = await house.database.tasks.get(id, null);

  expect(task).toMatchObject({ input: { prompt: '' }, outputs: [{ contentsExpiredAt: task?.contentsExpiredAt }] });
  expect((await house.database.assets.get(asset.id, caller.teamId))?.contentsExpiredAt).toEqual(task?.contentsExpiredAt);
  await retain(house.database, caller, 2);
  expect(await house.database.tasks.get(id, null)).toMatchObject({ input: { prompt: PROMPT }, contentsExpiredAt: null });
});

test('a failed task waits for the replay that takes up what it was delivered', async () => {
  const caller = await aTeamKeeping(1);
  const bought = await anImageTask(house.database, caller);
  await failToStore(house, bought);
  const replay = await anImageTask(house.database, caller, { replayOf: bought, input: aMediaInput({ resumes: bought }) });
  await house.keepHouse(2);

  await house.database.tasks.adoptDelivered(replay, bought);
  expect((await house.database.tasks.get(replay, null))?.attempts[0]?.delivered?.outputs).toHaveLength(1);

  await succeed(house, caller, replay);
  await house.keepHouse(2);
  expect(await rowsOf(bought)).not.toMatch(/It says/);
});

test('input files go when nothing that is kept names them any more', async () => {
  const caller = await aTeamKeeping(2);
  const [shared, single, unused] = await Promise.all([anAsset(house, caller), anAsset(house, caller), anAsset(house, caller)]);
  const waiting = await anAsset(house, caller);
  const naming = (...ids: readonly string[]) => aMediaInput({ images: ids.map((assetId) => ({ role: 'reference', source: { assetId } })) });
  const first = await anImageTask(house.database, caller, { input: naming(shared.id, single.id) });
  const fetched = await anAsset(house, caller, { id: `asset_${first.slice(5)}_image-1` });
  const second = await anImageTask(house.database, caller, { input: naming(shared.id) });
  const videos = someItems(1, () => ({ input: aMediaInput({ operation: 'video', video: { assetId: waiting.id } }), type: 'video' }));
  await aStoredCampaign(house.database, caller, videos, { start: false });
  await succeed(house, caller, first);
  const files = [shared, single, unused, waiting, fetched].map((asset) => asset.key);

  await house.keepHouse(2.1);
  expect(await existing(house, files)).toEqual([shared.key, waiting.key]);
  expect((await house.database.assets.get(single.id, caller.teamId))?.contentsExpiredAt).toBeInstanceOf(Date);

  await succeed(house, caller, second);
  await house.keepHouse(2.1);
  expect(await existing(house, files)).toEqual([waiting.key]);
});

test('a recording goes when no transcription that is kept names it any more, however long its prompt', async () => {
  const caller = await aTeamKeeping(2);
  const [short, long] = await Promise.all([anAsset(house, caller), anAsset(house, caller)]);
  const logger = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined, child: () => logger };
  const tasks = createTaskStore(house.database, createTaskContents({ texts: createTextStore(house.objects), logger }));
  const transcribing = ({ id }: { readonly id: string }, prompt: string) =>
    anAdmission(caller, {
      task: {
        operation: 'transcription',
        endpoint: 'audio.transcriptions',
        input: {
          operation: 'transcription',
          file: { assetId: id, filename: 'a.wav', sizeBytes: 5, seconds: 1 },
          isTranslation: false,
          params: { prompt },
        },
      },
    });
  const [first, ...replays] = [transcribing(short, ''), transcribing(short, ''), transcribing(long, 'p'.repeat(LARGEST_IN_ROW))];
  await tasks.admit([first, ...replays]);
  await tasks.settle([aSettlement(first.task.id)]);
  const files = [short.key, long.key];

  await house.keepHouse(2.1);
  expect(await existing(house, files)).toEqual(files);

  await tasks.settle(replays.map(({ task }) => aSettlement(task.id)));
  await house.keepHouse(2.1);
  expect(await existing(house, files)).toEqual([]);
  expect(await tasks.get(first.task.id, null)).toMatchObject({ input: { operation: 'transcription', file: { assetId: '' }, params: {} } });
});

test('items of an ended campaign lose their input, and cannot be tried again', async () => {
  const caller = await aTeamKeeping(1);
  const id = await aStoredCampaign(house.database, caller, someItems(3));
  const { taskIds } = await startNext(house.database, caller, id);
  await endTasks(house.database, taskIds, 'failed');
  const running = await aStoredCampaign(house.database, caller, someItems(1));

  await house.keepHouse(1.1);

  const rows = await house.database.query<{ campaign_id: string; text: string }>(
    'select campaign_id, string_agg(input::text, $2) as text from campaign_items where campaign_id = any($1) group by 1',
    [[id, running], ' '],
  );
  expect(rows.find((row) => row.campaign_id === id)?.text).not.toContain('a boat');
  expect(rows.find((row) => row.campaign_id === running)?.text).toContain('a boat');
  await expect(house.database.campaigns.retry(id, 'failed')).rejects.toMatchObject({
    code: 'campaign_state',
    message: expect.stringContaining('retention') as string,
  });
  expect(await house.database.campaigns.get(id, null)).toMatchObject({ status: 'completed', counts: { failed: 3 } });
});

test('what a died process had given up is removed by the next one', async () => {
  const caller = await aTeamKeeping(1);
  const id = await anImageTask(house.database, caller);
  const asset = await succeed(house, caller, id);
  house.broken.length = 0;

  await house.keepHouse(1.1, { delete: () => Promise.reject(new Error('S3 is away')) });
  expect(house.broken).toContain('expired_objects');
  expect((await house.database.tasks.get(id, null))?.contentsExpiredAt).toBeInstanceOf(Date);
  expect(await existing(house, [asset.key])).toEqual([asset.key]);

  await house.keepHouse();
  expect(await existing(house, [asset.key])).toEqual([]);
});

test('calls leave the log after its days, whole partitions at a time', async () => {
  await house.database.query(`update partitioning set every = 'day'`);
  const count = async (): Promise<number> =>
    (
      await house.database.query<{ count: number }>(`select count(*)::int as count from pg_inherits where inhparent = 'calls'::regclass`)
    )[0]!.count;
  await house.keepHouse(1);
  const before = await count();

  await house.keepHouse(89);
  expect(await count()).toBeGreaterThanOrEqual(before);
  await house.keepHouse(93);
  const dropped = await house.database.query(`select 1 from pg_class where relname = 'calls_first'`);
  expect(dropped).toEqual([]);
});
