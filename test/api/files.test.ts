import { toFile } from 'openai';
import sharp from 'sharp';
import { FILES, KEYS, useApi } from './support/api';

const api = useApi();
const MIB = 1024 * 1024;

interface Upload {
  readonly bytes?: Uint8Array | string;
  readonly name?: string;
  readonly purpose?: string;
  readonly key?: string;
  readonly more?: Readonly<Record<string, string>>;
}

function upload({ bytes = 'hello', name = 'a.txt', purpose = 'user_data', key = KEYS.site, more = {} }: Upload = {}) {
  const form = new FormData();
  form.append('file', new Blob([bytes], { type: 'text/plain' }), name);
  form.append('purpose', purpose);
  for (const [field, value] of Object.entries(more)) form.append(field, value);
  return api.call('POST', '/v1/files', { key, body: form });
}

test('the stock SDK uploads a file, reads it, lists it and deletes it', async () => {
  const client = api.client();
  const file = await client.files.create({
    file: await toFile(Buffer.from('{"a":1}\n'), 'lines.jsonl'),
    purpose: 'batch',
    expires_after: { anchor: 'created_at', seconds: 7_200 },
  });

  expect(file).toEqual({
    id: expect.stringMatching(/^file-[0-9a-f]{32}$/),
    object: 'file',
    bytes: 8,
    created_at: expect.any(Number),
    expires_at: file.created_at + 7_200,
    filename: 'lines.jsonl',
    purpose: 'batch',
    status: 'processed',
    status_details: null,
  });
  expect(await client.files.retrieve(file.id)).toEqual(file);
  expect(await (await client.files.content(file.id)).text()).toBe('{"a":1}\n');
  expect((await client.files.list({ purpose: 'batch' })).data).toEqual([file]);
  expect(await client.files.delete(file.id)).toEqual({ id: file.id, object: 'file', deleted: true });
  await expect(client.files.retrieve(file.id)).rejects.toMatchObject({ status: 404, code: 'not_found' });
  await expect(client.files.content(file.id)).rejects.toMatchObject({ status: 404 });
});

test('a file is read by ranges, with an ETag', async () => {
  const { body: file } = await upload({ bytes: '0123456789', key: KEYS.other });
  const part = await api.call('GET', `/v1/files/${file.id}/content`, { key: KEYS.other, headers: { range: 'bytes=2-4' } });
  const whole = await api.call('GET', `/v1/files/${file.id}/content`, { key: KEYS.other });
  const etag = whole.headers.get('etag') ?? '';
  const again = await api.call('GET', `/v1/files/${file.id}/content`, { key: KEYS.other, headers: { 'if-none-match': etag } });

  expect([part.status, part.text, part.headers.get('content-range')]).toEqual([206, '234', 'bytes 2-4/10']);
  expect([whole.status, whole.text, again.status]).toEqual([200, '0123456789', 304]);
});

test('lists go from page to page in both orders and know purposes', async () => {
  const ids: string[] = [];
  for (const name of ['1', '2', '3']) ids.push((await upload({ name, purpose: 'vision' })).body.id);
  const newest = await api.call('GET', '/v1/files?purpose=vision&limit=2');
  const next = await api.call('GET', `/v1/files?purpose=vision&limit=2&after=${newest.body.last_id}`);
  const oldest = await api.call('GET', '/v1/files?purpose=vision&order=asc&limit=1');
  const idsOf = (answer: typeof newest): string[] => answer.body.data.map(({ id }: { id: string }) => id);

  expect([idsOf(newest), newest.body.has_more]).toEqual([[ids[2], ids[1]], true]);
  expect([idsOf(next), next.body.has_more]).toEqual([[ids[0]], false]);
  expect(idsOf(oldest)).toEqual([ids[0]]);
  expect((await api.call('GET', '/v1/files?purpose=assistants')).body.error.param).toBe('purpose');
});

test('an uploaded image is named by its file id wherever an image is, and outlives the file', async () => {
  const png = await sharp({ create: { width: 8, height: 8, channels: 3, background: 'red' } })
    .png()
    .toBuffer();
  const { body: file } = await upload({ bytes: png, name: 'red.png', purpose: 'vision' });
  const edit = (id: string) =>
    api.call('POST', '/v1/images/edits', {
      body: { model: 'image-test', prompt: 'Bluer.', images: [{ file_id: id }] },
      headers: { prefer: 'respond-async' },
    });
  const { status, body: task } = await edit(file.id);
  await api.call('DELETE', `/v1/files/${file.id}`);
  const [image] = (await api.call('GET', `/v1/tasks/${task.id}`)).body.input.images;
  const asset = await api.call('GET', `/v1/assets/${image.asset_id}`);
  const gone = await edit(file.id);

  expect([status, asset.body.content_type]).toEqual([202, 'image/png']);
  expect([gone.status, gone.body.error.param]).toEqual([404, 'images[0]']);
});

test('files of other teams do not exist', async () => {
  const { body: file } = await upload({ purpose: 'batch' });
  const asOther = (method: string, path: string, body?: unknown) =>
    api.call(method, path, { key: KEYS.other, ...(body === undefined ? {} : { body }) });
  const batch = { input_file_id: file.id, endpoint: '/v1/embeddings', completion_window: '24h' };

  for (const answer of [
    await asOther('GET', `/v1/files/${file.id}`),
    await asOther('GET', `/v1/files/${file.id}/content`),
    await asOther('DELETE', `/v1/files/${file.id}`),
    await asOther('GET', `/v1/files?after=${file.id}`),
    await asOther('POST', '/v1/batches', batch),
  ]) {
    expect([answer.status, answer.body.error.code]).toEqual([404, 'not_found']);
  }
  const { data } = (await asOther('GET', '/v1/files')).body;
  expect(data.map(({ id }: { id: string }) => id)).not.toContain(file.id);
});

test.each([
  ['no purpose', { purpose: '' }, 'purpose', /"batch", "user_data", "vision"/],
  ['a purpose that only batches have', { purpose: 'batch_output' }, 'purpose', /must be one of/],
  ['an empty file', { bytes: '' }, 'file', /empty/],
  ['an end too soon', { more: { 'expires_after[anchor]': 'created_at', 'expires_after[seconds]': '60' } }, 'expires_after.seconds', /3600/],
  ['an unknown field', { more: { colour: 'red' } }, 'colour', /Unknown parameter/],
] as const)('%s is refused by name, and nothing is kept', async (_what, given, param, message) => {
  const before = await storedKeys();
  const { status, body } = await upload({ purpose: 'user_data', ...given });

  expect([status, body.error.param]).toEqual([400, param]);
  expect(body.error.message).toMatch(message);
  expect(await storedKeys()).toEqual(before);
});

test('a form without a file, and a body that is no form, are told what to send', async () => {
  const form = new FormData();
  form.append('purpose', 'batch');
  form.append('file', 'just a text');
  const noFile = await api.call('POST', '/v1/files', { body: form });
  const json = await api.call('POST', '/v1/files', { body: { purpose: 'batch' } });

  expect([noFile.status, noFile.body.error.param]).toEqual([400, 'file']);
  expect([json.status, json.body.error.code]).toEqual([415, 'unsupported_media_type']);
});

test('a file above the bound of bytes, and files that together are, are refused without a trace', async () => {
  const large = await upload({ bytes: new Uint8Array(FILES.maxFileBytes + 1), key: KEYS.other });
  const kept = [];
  for (let sum = 0; sum + 3 * MIB <= FILES.maxTeamBytes; sum += 3 * MIB)
    kept.push(await upload({ bytes: new Uint8Array(3 * MIB), key: KEYS.other }));
  const before = await storedKeys();
  const over = await upload({ bytes: new Uint8Array(3 * MIB), key: KEYS.other });

  expect([large.status, large.body.error.code]).toEqual([413, 'request_too_large']);
  expect(kept.map(({ status }) => status)).toEqual([200, 200]);
  expect([over.status, over.body.error.message]).toEqual([413, expect.stringContaining('of this team')]);
  expect(await storedKeys()).toEqual(before);
  await api.call('DELETE', `/v1/files/${kept[0]?.body.id}`, { key: KEYS.other });
  expect((await upload({ bytes: new Uint8Array(3 * MIB), key: KEYS.other })).status).toBe(200);
});

test('a file past its end is gone for readers at once, and its object with the next housekeeping', async () => {
  const { body: file } = await upload();
  await api.database.query(`update files set expires_at = now() - interval '1 second' where id = $1`, [file.id]);

  expect((await api.call('GET', `/v1/files/${file.id}`)).status).toBe(404);
  expect(await api.database.housekeeping.expireFiles(new Date(), 10)).toBe(1);
  expect(await api.database.housekeeping.givenUp(100)).toContain(`files/${file.id}/0`);
});

test("a team's retention ends its files too", async () => {
  const { body: file } = await upload({ key: KEYS.other });
  await api.database.query(`update teams set retention_days = 7 where name = 'rival'`);
  await api.database.query(`update files set created_at = now() - interval '8 days' where id = $1`, [file.id]);

  expect((await api.call('GET', `/v1/files/${file.id}`, { key: KEYS.other })).status).toBe(404);
  expect(await api.database.housekeeping.expireFiles(new Date(), 10)).toBe(1);
  await api.database.query(`update teams set retention_days = null where name = 'rival'`);
});

/** What lies in the object store under the files. */
async function storedKeys(): Promise<readonly string[]> {
  return (await api.objects.list('files/', { after: '', limit: 1_000 })).map(({ key }) => key);
}
