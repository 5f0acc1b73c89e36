import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile, readFile, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { createAssetWriter } from '../../adapters/storage/asset-writer';
import { ADMIN_KEY, KEYS, useApi } from './support/api';
import { settle } from './support/lane';
import { publishedTemplate } from './support/templates';

const api = useApi();
const run = promisify(execFile);

async function aPng(background: string, width = 64, height = 32): Promise<Buffer> {
  return sharp({ create: { width, height, channels: 3, background } })
    .png()
    .toBuffer();
}

async function upload(fields: Readonly<Record<string, string>> = {}, options: { bytes?: Buffer; filename?: string; key?: string } = {}) {
  const { bytes = await aPng('#a00'), filename = 'tin on a table.png', key = KEYS.site } = options;
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  form.set('file', new Blob([new Uint8Array(bytes)]), filename);
  return api.call('POST', '/v1/assets', { body: form, key });
}

/** An image that was made of others; answers the task's id and its output's. */
async function made(prompt: string, inputs: readonly string[] = [], body: object = {}) {
  const images = inputs.map((asset_id) => ({ asset_id }));
  const asked = { type: 'image', model: 'image-test', input: { prompt, ...(images.length === 0 ? {} : { images }) } };
  const answer = await api.call('POST', '/v1/tasks', { body: 'template' in body ? body : { ...asked, ...body } });
  expect({ status: answer.status, error: answer.body.error }).toMatchObject({ status: 202, error: null });
  const taskId: string = answer.body.id;
  const task = await api.database.tasks.get(taskId, null);
  const asset = await createAssetWriter(api.objects).write({
    id: `asset_${taskId.slice(5)}`,
    teamId: task!.teamId,
    taskId,
    index: 0,
    expect: 'image',
    source: { bytes: await aPng('#0a0') },
    revisedPrompt: null,
    watermark: null,
    format: null,
    compression: null,
  });
  await api.database.assets.insert([asset]);
  await settle(api.database.tasks, taskId, null);
  return { taskId, id: asset.id };
}

async function list(query = '', key: string = KEYS.site): Promise<readonly string[]> {
  const { status, body } = await api.call('GET', `/v1/assets?${query}`, { key });
  expect({ status, error: body.error }).toEqual({ status: 200, error: undefined });
  return body.data.map(({ id }: { id: string }) => id);
}

const encoded = (text: string): string => encodeURIComponent(text);

describe('the library', () => {
  test('keeps an upload with its name and tags, finds it by them, and lets them be changed', async () => {
    const { status, body, headers } = await upload({ tags: 'hero, 春季 ,hero' });
    expect(status).toBe(201);
    expect(body).toMatchObject({
      object: 'asset',
      kind: 'image',
      name: 'tin on a table.png',
      tags: ['hero', '春季'],
      favourite: false,
      task_id: null,
      width: 64,
      height: 32,
    });
    expect(headers.get('location')).toBe(`/v1/assets/${String(body.id)}`);
    const { id } = body;

    expect(await list('tag=hero&q=table')).toEqual([id]);
    expect(await list(`tag=${encoded('春季')},hero`)).toEqual([id]);
    expect(await list(`q=${encoded('春季')}`)).toEqual([id]);
    expect(await list('tag=hero&kind=video')).toEqual([]);
    expect(await list('tag=hero', KEYS.other)).toEqual([]);

    const changed = await api.call('PATCH', `/v1/assets/${id}`, { body: { name: '海报 final', tags: ['print'], favourite: true } });
    expect(changed.body).toMatchObject({ id, name: '海报 final', tags: ['print'], favourite: true });
    expect(await list('tag=hero')).toEqual([]);
    expect(await list(`favourite=true&q=${encoded('海报')}`)).toEqual([id]);
    const unnamed = await api.call('PATCH', `/v1/assets/${id}`, { body: { name: null, favourite: false } });
    expect(unnamed.body).toMatchObject({ name: null, tags: ['print'], favourite: false });
    expect((await api.call('GET', `/v1/assets/${id}`)).body).toMatchObject({ name: null, tags: ['print'] });

    for (const [method, path] of [
      ['PATCH', `/v1/assets/${id}`],
      ['DELETE', `/v1/assets/${id}`],
      ['GET', `/v1/assets/${id}`],
      ['GET', `/v1/assets/${id}/lineage`],
      ['GET', `/v1/assets/${id}/content`],
    ] as const) {
      const foreign = await api.call(method, path, { key: KEYS.other, ...(method === 'PATCH' ? { body: { favourite: true } } : {}) });
      expect([method, path, foreign.status]).toEqual([method, path, 404]);
    }
  });

  test('refuses what is no medium and leaves nothing of it behind', async () => {
    const text = await upload({}, { bytes: Buffer.from('<svg onload="alert(1)"></svg>'), filename: 'x.png' });
    expect([text.status, text.body.error]).toMatchObject([400, { code: 'invalid_image', param: 'file' }]);
    const large = await upload({}, { bytes: Buffer.alloc(5 * 1024 * 1024) });
    expect(large.status).toBe(413);
    const none = await api.call('POST', '/v1/assets', { body: { file: 'x' } });
    expect(none.status).toBe(415);
    expect(await api.objects.list('uploads/', { after: '', limit: 10 })).toEqual([]);
  });

  test('finds outputs by the words of their prompts, their task, template and campaign, page by page', async () => {
    const template = await publishedTemplate(api);
    const first = await made('A quince on slate, 木瓜');
    const second = await made('', [], { template, inputs: { product: 'quince paste' } });
    expect(await list('q=quince')).toEqual([second.id, first.id]);
    expect(await list(`q=${encoded('木瓜')}`)).toEqual([first.id]);
    expect(await list(`task_id=${first.taskId}`)).toEqual([first.id]);
    expect(await list(`template=${template}`)).toEqual([second.id]);
    expect(await list(`template=${template}@1&q=paste`)).toEqual([second.id]);
    expect(await list(`template=${template}@2`)).toEqual([]);
    expect(await list('campaign_id=camp_unknown')).toEqual([]);
    expect(await list('q=quince&limit=1')).toEqual([second.id]);
    expect(await list(`q=quince&limit=1&after=${second.id}`)).toEqual([first.id]);
    expect(await list(`q=quince&created_after=${(await api.call('GET', `/v1/assets/${second.id}`)).body.created_at}`)).toEqual([]);
    expect(await list('q=quince', ADMIN_KEY)).toEqual([second.id, first.id]);
    await api.database.tasks.hide(first.taskId);
    expect(await list('q=quince')).toEqual([second.id]);
  });
});

describe('the kin of a file', () => {
  test('is told in both directions, step by step', async () => {
    const photo = (await upload()).body.id;
    const edit = await made('an edit', [photo]);
    const video = await made('a turn', [edit.id], { type: 'video', model: 'video-test', output: { duration_s: 4 } });

    const middle = (await api.call('GET', `/v1/assets/${edit.id}/lineage`)).body;
    expect(middle).toMatchObject({
      object: 'asset.lineage',
      id: edit.id,
      parents: [{ asset: { id: photo }, of: edit.id, depth: 1, task_id: edit.taskId }],
      children: [{ asset: { id: video.id }, of: edit.id, depth: 1, task_id: video.taskId }],
      is_complete: true,
    });
    const top = (await api.call('GET', `/v1/assets/${photo}/lineage`)).body;
    expect(top.parents).toEqual([]);
    expect(top.children.map(({ asset, depth }: any) => [asset.id, depth])).toEqual([
      [edit.id, 1],
      [video.id, 2],
    ]);
    const bottom = (await api.call('GET', `/v1/assets/${video.id}/lineage`)).body;
    expect(bottom.parents.map(({ asset, depth }: any) => [asset.id, depth])).toEqual([
      [edit.id, 1],
      [photo, 2],
    ]);
  });
});

describe('deleting', () => {
  test('takes the file away, its links too, once nothing is left to ask for', async () => {
    const { body } = await upload();
    const deleted = await api.call('DELETE', `/v1/assets/${body.id}`);
    expect(deleted.body).toEqual({ id: body.id, object: 'asset', deleted: true });
    expect((await api.call('GET', `/v1/assets/${body.id}`)).status).toBe(404);
    expect((await fetch(body.url)).status).toBe(404);
    expect((await api.call('DELETE', `/v1/assets/${body.id}`)).status).toBe(404);
    expect(await api.database.housekeeping.givenUp(1_000)).toEqual(expect.arrayContaining([expect.stringContaining(body.id)]));
    const used = await api.call('POST', '/v1/tasks', {
      body: { type: 'image', model: 'image-test', input: { prompt: 'x', images: [{ asset_id: body.id }] } },
    });
    expect([used.status, used.body.error.param]).toEqual([404, 'input.images[0].asset_id']);
  });

  test('says what a file is needed for: ended tasks give way to force, what would break does not', async () => {
    const photo = (await upload()).body.id;
    const edit = await made('an edit', [photo]);
    const asked = await api.call('DELETE', `/v1/assets/${photo}`);
    expect([asked.status, asked.body.error]).toMatchObject([
      409,
      { code: 'conflict', details: { force_helps: true, dependents: [{ type: 'task', id: edit.taskId, is_open: false }] } },
    ]);
    expect((await api.call('DELETE', `/v1/assets/${photo}?force=true`)).status).toBe(200);
    expect((await api.call('GET', `/v1/assets/${edit.id}`)).status).toBe(200);

    const open = (await upload()).body.id;
    const running = await api.call('POST', '/v1/tasks', {
      body: { type: 'image', model: 'image-test', input: { prompt: 'x', images: [{ asset_id: open }] } },
    });
    const busy = await api.call('DELETE', `/v1/assets/${open}?force=true`);
    expect([busy.status, busy.body.error.details]).toMatchObject([
      409,
      { force_helps: false, dependents: [{ type: 'task', id: running.body.id, is_open: true }] },
    ]);

    const reference = (await upload()).body.id;
    const template = await publishedTemplate(api, { images: [{ asset_id: reference }] });
    const kept = await api.call('DELETE', `/v1/assets/${reference}?force=true`);
    expect([kept.status, kept.body.error.details.dependents]).toMatchObject([409, [{ type: 'template', name: template, versions: [1] }]]);
    expect(kept.body.error.message).toContain(template);
    expect((await api.call('GET', `/v1/assets/${reference}`)).status).toBe(200);
  });
});

describe('media for browsers', () => {
  test('has a strong ETag and may be kept, by range, in other sizes and other formats, under a name', async () => {
    const bytes = await aPng('#00a', 1600, 900);
    const { id, sha256 } = (await upload({}, { bytes })).body;
    const get = (path: string, headers: Record<string, string> = {}) =>
      fetch(`${api.origin}/v1/assets/${id}/${path}`, { headers: { authorization: `Bearer ${KEYS.site}`, ...headers } });

    const whole = await get('content');
    expect(whole.headers.get('etag')).toBe(`"${sha256}"`);
    expect(whole.headers.get('cache-control')).toMatch(/private.*immutable/);
    expect((await get('content', { 'if-none-match': `"${sha256}"` })).status).toBe(304);
    const part = await get('content', { range: 'bytes=0-7' });
    expect([part.status, Buffer.from(await part.arrayBuffer())]).toEqual([206, bytes.subarray(0, 8)]);

    for (const [w, width] of [
      [256, 256],
      [640, 640],
      [1280, 1280],
    ] as const) {
      const small = await get(`thumbnail?w=${String(w)}`);
      const metadata = await sharp(Buffer.from(await small.arrayBuffer())).metadata();
      expect([w, metadata.format, metadata.width]).toEqual([w, 'webp', width]);
      expect((await get(`thumbnail?w=${String(w)}`, { 'if-none-match': small.headers.get('etag')! })).status).toBe(304);
    }
    expect((await get('thumbnail?w=300')).status).toBe(400);
    expect((await get('thumbnail')).headers.get('etag')).toMatch(/^"/);

    const jpeg = await get(`content?format=jpeg&download=${encoded('海报/final.jpg')}`);
    expect(jpeg.headers.get('content-type')).toBe('image/jpeg');
    expect(jpeg.headers.get('content-disposition')).toMatch(/^attachment;/);
    expect(decodeURIComponent(jpeg.headers.get('content-disposition')!)).toContain('海报_final.jpg');
    expect((await sharp(Buffer.from(await jpeg.arrayBuffer())).metadata()).format).toBe('jpeg');
    expect((await get('content?format=tiff')).status).toBe(400);
  });

  test('goes out as a ZIP whose names are unique, images converted', async () => {
    const [one, two] = [(await upload({ name: 'same.png' })).body.id, (await upload({ name: 'SAME' })).body.id];
    const answer = await fetch(`${api.origin}/v1/assets/archive`, {
      method: 'POST',
      headers: { authorization: `Bearer ${KEYS.site}`, 'content-type': 'application/json' },
      body: JSON.stringify({ ids: [one, two], format: 'webp' }),
    });
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/zip']);
    const folder = await mkdtemp(join(tmpdir(), 'atelier-zip-'));
    try {
      await writeFile(join(folder, 'a.zip'), Buffer.from(await answer.arrayBuffer()));
      await run('python3', ['-m', 'zipfile', '-e', join(folder, 'a.zip'), join(folder, 'out')]);
      expect((await readdir(join(folder, 'out'))).sort()).toEqual(['SAME_2.webp', 'same.webp']);
      expect((await sharp(await readFile(join(folder, 'out', 'same.webp'))).metadata()).format).toBe('webp');
    } finally {
      await rm(folder, { recursive: true });
    }
    const foreign = await api.call('POST', '/v1/assets/archive', { key: KEYS.other, body: { ids: [one] } });
    expect([foreign.status, foreign.body.error.param]).toEqual([404, 'ids[0]']);
  });
});

test('masks stay out of the library, whichever way they came, unless they are asked for', async () => {
  const key = KEYS.other;
  const photo = (await upload({}, { key })).body.id as string;
  const mask = await upload({ purpose: 'mask' }, { key });
  expect(mask).toMatchObject({ status: 201, body: { purpose: 'mask' } });
  const data = (await aPng('#fff')).toString('base64');
  const asked = await api.call('POST', '/v1/tasks', {
    key,
    body: { type: 'image', model: 'image-test', input: { prompt: 'a tin', images: [{ asset_id: photo }, { role: 'mask', data }] } },
  });
  expect(asked.status).toBe(202);
  const { images } = asked.body.input;
  const form = new FormData();
  form.set('model', 'image-test');
  form.set('prompt', 'a tin');
  form.set('image', new Blob([new Uint8Array(await aPng('#00a'))]), 'image.png');
  form.set('mask', new Blob([new Uint8Array(await aPng('#fff'))]), 'mask.png');
  await api.call('POST', '/v1/images/edits', { key, body: form, headers: { prefer: 'respond-async' } });

  const masks = await list('purpose=mask', key);
  expect(masks).toEqual(expect.arrayContaining([mask.body.id, images[1].asset_id]));
  expect(masks).toHaveLength(3);
  const shown = await list('', key);
  expect(shown).toContain(photo);
  for (const id of masks) expect(shown).not.toContain(id);
  expect((await api.call('GET', `/v1/assets/${mask.body.id}`, { key })).status).toBe(200);
  expect(await upload({ purpose: 'poster' }, { key })).toMatchObject({ status: 400, body: { error: { param: 'purpose' } } });
});
