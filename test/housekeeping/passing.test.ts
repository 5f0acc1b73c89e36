import { createAssetWriter } from '../../adapters/storage/asset-writer';
import { createObjectStore } from '../../adapters/storage/object-store';
import { createSpooledObjects, readThroughSpool } from '../../adapters/storage/spooled-objects';
import { aSettlement, aTaskId, aTeam, anAdmission, useConnections } from '../db/support';
import { FAKE_PNG_BASE64 } from '../support/fake-provider/fixtures';
import { useBucket, useDatabase } from '../support/stack';
import { aMediaInput, anImageTask, existing, failToStore, retain, succeed, useHouse } from './support/house';

const connections = useConnections(useDatabase(), ['house']);
const bucket = useBucket();
const house = useHouse(
  () => connections.house,
  () => bucket,
);

async function put(...keys: readonly string[]): Promise<void> {
  for (const key of keys) await house.objects.put(key, Buffer.from('x'), 'text/plain');
}

test('files on their way are removed after a day, those of open tasks and all others stay', async () => {
  const caller = await aTeam(house.database);
  const open = await anImageTask(house.database, caller);
  const ended = await anImageTask(house.database, caller);
  await succeed(house, caller, ended);
  const needed = [`partials/${open}/0`, `staging/${open}/1/0`, `staging/${open}/image-1`, 'histories/a', `teams/9/assets/a`];
  const left = ['uploads/up_1/0', `partials/${ended}/0`, `staging/${ended}/1/0`, `staging/${aTaskId()}/1/0`, 'staging/odd'];
  await put(...needed, ...left);

  await house.keepHouse(0.9);
  expect(await existing(house, left)).toEqual(left);

  await house.keepHouse(1.1);
  expect(await existing(house, left)).toEqual([]);
  expect(await existing(house, needed)).toEqual(needed);
  expect(house.broken).toEqual([]);
});

test('contents are removed after a day when no task came to have them', async () => {
  const caller = await aTeam(house.database);
  const kept = [`contents/${await anImageTask(house.database, caller)}/input`];
  const left = [`contents/${aTaskId()}/input`, `contents/${aTaskId()}/result`];
  await put(...kept, ...left);

  await house.keepHouse(0.9);
  expect(await existing(house, left)).toEqual(left);

  await house.keepHouse(1.1);
  expect(await existing(house, left)).toEqual([]);
  expect(await existing(house, kept)).toEqual(kept);
});

test('uploads that never became a file are removed after a day', async () => {
  const caller = await aTeam(house.database);
  const [id, lost] = ['file-0123456789abcdef0123456789abcdef', 'file-0123456789abcdef0123456789abcdee'];
  const file = {
    id,
    teamId: caller.teamId,
    purpose: 'user_data',
    filename: 'a',
    contentType: 'text/plain',
    sha256: '',
    key: `files/${id}/0`,
  } as const;
  await house.database.files.keep({ ...file, sizeBytes: 1, expiresAfterS: null }, 1_000);
  const [kept, left] = [[`files/${id}/0`], [`files/${lost}/0`]];
  await put(...kept, ...left);

  await house.keepHouse(0.9);
  expect(await existing(house, left)).toEqual(left);

  await house.keepHouse(1.1);
  expect(await existing(house, left)).toEqual([]);
  expect(await existing(house, kept)).toEqual(kept);
});

test('bodies of calls whose row was never written are removed after a day', async () => {
  const { teamId } = await aTeam(house.database);
  const [callId, lost] = [`call_${'0'.repeat(31)}1`, `call_${'0'.repeat(31)}2`];
  const policy = { retentionDays: 7, maxBytes: 1_024, sample: 1 };
  await house.database.bodies.keep({ callId, teamId, policy }, { key: `bodies/${callId}`, keyEncrypted: 'v1:sealed' });
  const [kept, left] = [[`bodies/${callId}`], [`bodies/${lost}`]];
  await put(...kept, ...left);

  await house.keepHouse(0.9);
  expect(await existing(house, left)).toEqual(left);

  await house.keepHouse(1.1);
  expect(await existing(house, left)).toEqual([]);
  expect(await existing(house, kept)).toEqual(kept);

  await house.keepHouse(7.1);
  expect(await existing(house, kept)).toEqual([]);
});

test('a turn is bounded, and the next one goes on behind files that must stay', async () => {
  const caller = await aTeam(house.database);
  const open = await anImageTask(house.database, caller);
  const kept = Array.from({ length: 5 }, (_, index) => `partials/${open}/${String(index)}`);
  const left = ['partials/task_x/0', 'partials/task_y/0', 'partials/task_z/0'];
  await put(...kept, ...left);
  const listed = await house.objects.list('partials/', { after: '', limit: 1000 });
  const sweep = house.passingObjectsSweep(2, { page: 2, pages: 1 });

  expect(await house.objects.list('partials/', { after: listed[2]?.key ?? '', limit: 2 })).toEqual(listed.slice(3, 5));
  expect(await sweep()).toBe(0);
  let removed = 0;
  for (let turn = 1; turn < Math.ceil((listed.length + 1) / 2); turn += 1) removed += await sweep();
  expect(removed).toBe(left.length);
  expect(await existing(house, [...kept, ...left])).toEqual(kept);
});

describe('a delivered result that could not be stored', () => {
  test('waits seven days for a replay, and is forgotten before it goes', async () => {
    const caller = await aTeam(house.database);
    const failed = await anImageTask(house.database, caller);
    const key = await failToStore(house, failed);

    await house.keepHouse(6.9);
    expect(await existing(house, [key])).toEqual([key]);
    expect((await house.database.tasks.get(failed, null))?.attempts[0]?.delivered).not.toBeNull();

    await house.keepHouse(7.1);
    expect(await existing(house, [key])).toEqual([]);
    expect((await house.database.tasks.get(failed, null))?.attempts[0]).toMatchObject({ delivered: null, provider: 'sandbox' });
  });

  test("waits as long as the team's retention, when there is one", async () => {
    const caller = await aTeam(house.database);
    await retain(house.database, caller, 30);
    const key = await failToStore(house, await anImageTask(house.database, caller));

    await house.keepHouse(29);
    expect(await existing(house, [key])).toEqual([key]);

    await house.keepHouse(31);
    expect(await existing(house, [key])).toEqual([]);
  });

  test('stays while a replay that takes it up is open, and while that one may be replayed in its turn', async () => {
    const caller = await aTeam(house.database);
    const bought = await anImageTask(house.database, caller);
    const key = await failToStore(house, bought);
    const replay = await anImageTask(house.database, caller, { replayOf: bought, input: aMediaInput({ resumes: bought }) });

    await house.keepHouse(20);
    expect(await existing(house, [key])).toEqual([key]);

    await house.database.tasks.adoptDelivered(replay, bought);
    await house.database.tasks.requestCancel(replay);
    await house.database.query(`update tasks set finished_at = now() - interval '30 days' where id = $1`, [bought]);
    await house.database.tasks.settle([aSettlement(replay, { status: 'failed', textResult: null, attempt: null })]);
    await house.keepHouse(6);
    expect(await existing(house, [key])).toEqual([key]);

    await house.keepHouse(8);
    expect(await existing(house, [key])).toEqual([]);
    expect((await house.database.tasks.get(replay, null))?.attempts[0]?.delivered).toBeNull();
  });
});

describe('the spool', () => {
  test('gives up bytes whose object exists, and who names them names the object', async () => {
    const caller = await aTeam(house.database);
    const failed = await anImageTask(house.database, caller);
    const key = await failToStore(house, failed, 'spooled');

    await house.keepHouse(1);
    expect(Buffer.from(await house.database.spool.get(key)).toString()).toBe('delivered');

    await put(key);
    await house.keepHouse(1);
    await expect(house.database.spool.get(key)).rejects.toMatchObject({ code: 'not_found' });
    expect((await house.database.tasks.get(failed, null))?.attempts[0]?.delivered?.outputs).toEqual([
      { from: 'staged', key, revisedPrompt: 'It says "from":"spooled".' },
    ]);
  });

  test('brings what became an asset while S3 was away to S3, and drops it when the asset has lost its contents', async () => {
    const caller = await aTeam(house.database);
    const away = createObjectStore({ ...bucket, endpoint: 'http://127.0.0.1:1' });
    const writer = createAssetWriter(createSpooledObjects(away, house.database.spool));
    const through = readThroughSpool(house.objects, house.database.spool);
    const spooled = async () => {
      const taskId = await anImageTask(house.database, caller);
      const asset = await writer.write({
        ...{ id: `asset_${taskId.slice(5)}`, teamId: caller.teamId, taskId, index: 0, expect: 'result' },
        source: { bytes: Buffer.from(FAKE_PNG_BASE64, 'base64'), contentType: 'image/png' },
        ...{ revisedPrompt: null, watermark: null, format: null, compression: null },
      });
      await house.database.assets.insert([asset]);
      return asset;
    };
    const [kept, expired] = [await spooled(), await spooled()];
    await house.database.query('update assets set contents_expired_at = now() where id = $1', [expired.id]);
    const whole = Buffer.from(await through.read(kept.key));
    const part = await through.get(kept.key, 'bytes=1-3');

    expect(await existing(house, [kept.key, expired.key])).toEqual([]);
    expect([part.contentRange, part.bytes]).toEqual([`bytes 1-3/${String(whole.length)}`, 3]);
    await house.keepHouse(0.1);

    const keys = [kept.key, kept.thumbnailKey!];
    expect(await existing(house, [...keys, expired.key, expired.thumbnailKey!])).toEqual(keys);
    expect((await house.objects.get(kept.key)).contentType).toBe('image/png');
    expect(Buffer.from(await house.objects.read(kept.key)).equals(whole)).toBe(true);
    expect(await house.database.query('select key from spool where key like $1', [`teams/${String(caller.teamId)}/%`])).toEqual([]);
    away.close();
  });

  test('keeps bytes that a replay may take up, and drops them when it cannot any more', async () => {
    const caller = await aTeam(house.database);
    const failed = await anImageTask(house.database, caller);
    const key = await failToStore(house, failed, 'spooled');

    await house.keepHouse(6);
    await expect(house.database.spool.get(key)).resolves.toBeDefined();

    await house.keepHouse(8);
    await expect(house.database.spool.get(key)).rejects.toMatchObject({ code: 'not_found' });
    expect((await house.database.tasks.get(failed, null))?.attempts[0]?.delivered).toBeNull();
  });
});

test('instances that were silent for an hour are forgotten, idempotency keys after two days', async () => {
  const caller = await aTeam(house.database);
  await house.database.instances.heartbeat('old', 'worker');
  await house.database.query(`update instances set last_seen = now() - interval '61 minutes' where id = 'old'`);
  await house.database.instances.heartbeat('young', 'worker');
  const keyed = (key: string) => anAdmission(caller, { idempotency: { route: 'r', key } });
  await house.database.tasks.admit([keyed('old'), keyed('young')]);
  await house.database.query(`update idempotency_keys set created_at = now() - interval '49 hours' where key = 'old'`);

  await house.keepHouse();

  expect(await house.database.query('select id from instances')).toEqual([{ id: 'young' }]);
  expect(await house.database.query('select key from idempotency_keys')).toEqual([{ key: 'young' }]);
});

test('a part that fails is logged and holds up no other', async () => {
  const caller = await aTeam(house.database);
  await failToStore(house, await anImageTask(house.database, caller), 'spooled');
  await put('uploads/up_2/0');

  await house.keepHouse(2, { exists: () => Promise.reject(new Error('S3 is away')) });

  expect(house.broken).toEqual(['spool']);
  expect(await existing(house, ['uploads/up_2/0'])).toEqual([]);
});

test('a turn that is asked to stop leaves the rest to the next one', async () => {
  await put('uploads/up_3/0');

  await house.keepHouse(2, {}, AbortSignal.abort());
  expect(await existing(house, ['uploads/up_3/0'])).toEqual(['uploads/up_3/0']);

  await house.keepHouse(2);
  expect(await existing(house, ['uploads/up_3/0'])).toEqual([]);
});

test('several housekeepers at once do no harm', async () => {
  const caller = await aTeam(house.database);
  await retain(house.database, caller, 1);
  house.broken.length = 0;
  const ids = await Promise.all(Array.from({ length: 12 }, () => anImageTask(house.database, caller)));
  const assets = await Promise.all(ids.map((id) => succeed(house, caller, id)));
  await put(...ids.map((id) => `partials/${id}/0`));

  await Promise.all([house.keepHouse(3), house.keepHouse(3), house.keepHouse(3)]);
  await house.keepHouse(3);

  expect(house.broken).toEqual([]);
  expect(
    await existing(
      house,
      assets.map((asset) => asset.key),
    ),
  ).toEqual([]);
  expect(
    await existing(
      house,
      ids.map((id) => `partials/${id}/0`),
    ),
  ).toEqual([]);
  expect(await house.database.query('select key from removals')).toEqual([]);
  expect((await house.database.ledger.verify()).problems).toEqual([]);
});
