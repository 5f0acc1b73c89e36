import { createHash } from 'node:crypto';
import { toFile } from 'openai';
import { KEYS, useApi } from '../api/support/api';
import { end, finish, nextStarted, anImage } from './support/media';

const api = useApi();

function editForm(image: Uint8Array, extra: Readonly<Record<string, string>> = {}): FormData {
  const form = new FormData();
  form.append('model', 'image-test');
  form.append('prompt', 'a red square');
  form.append('image', new File([image], 'square.png', { type: 'image/png' }));
  for (const [name, value] of Object.entries(extra)) form.append(name, value);
  return form;
}

async function edit(
  form: FormData,
  headers: Readonly<Record<string, string>> = {},
): Promise<{ status: number; headers: Headers; body: any }> {
  const answer = await fetch(`${api.origin}/v1/images/edits`, {
    method: 'POST',
    headers: { authorization: `Bearer ${KEYS.site}`, ...headers },
    body: form,
  });
  return { status: answer.status, headers: answer.headers, body: await answer.json() };
}

test('the SDK edits an uploaded image and gets a link to the result', async () => {
  const image = await anImage();
  const result = await anImage(10);

  const answering = api.client().images.edit({
    model: 'image-test',
    prompt: 'make it dark',
    image: await toFile(image, 'square.png', { type: 'image/png' }),
    size: '512x512',
    n: 1,
    response_format: 'url',
  });
  const answered = answering.withResponse();
  const taskId = await nextStarted(api, api.started.length);
  const task = (await api.database.tasks.get(taskId, null))!;
  await finish(api, taskId, [result]);
  const { data, response } = await answered;

  expect(task).toMatchObject({
    endpoint: 'images.edits',
    type: 'image',
    input: { prompt: 'make it dark', output: { size: '512x512', n: 1 } },
  });
  const input = task.input.operation === 'image' ? task.input.images : [];
  expect(input).toHaveLength(1);
  const source = input[0]!.source;
  const asset = await api.database.assets.get('assetId' in source ? source.assetId : '', task.teamId);
  expect(asset).toMatchObject({ width: 64, height: 64, sha256: createHash('sha256').update(image).digest('hex') });
  expect(response.headers.get('x-atelier-run-id')).toBe(taskId);
  expect(data).toMatchObject({ size: '64x64', output_format: 'png' });
  expect(data.usage).toBeUndefined();
  const downloaded = Buffer.from(await (await fetch(data.data![0]!.url!)).arrayBuffer());
  expect(downloaded.equals(result)).toBe(true);
});

test('a failed generation answers with its own error and forbids a repeat', async () => {
  const answering = api.call('POST', '/v1/images/generations', { body: { model: 'image-test', prompt: 'x' } });
  const taskId = await nextStarted(api, api.started.length);
  await end(api, taskId, 'failed', 'content_policy_violation');

  const { status, headers, body } = await answering;

  expect(status).toBe(400);
  expect(body.error).toMatchObject({ code: 'content_policy_violation', type: 'image_generation_user_error' });
  expect(headers.get('x-should-retry')).toBe('false');
  expect(headers.get('x-atelier-run-id')).toBe(taskId);
});

test('Prefer: respond-async answers 202 with the task', async () => {
  const { status, headers, body } = await api.call('POST', '/v1/images/generations', {
    body: { model: 'image-test', prompt: 'x', seed: 0 },
    headers: { prefer: 'respond-async' },
  });

  expect(status).toBe(202);
  expect(headers.get('preference-applied')).toBe('respond-async');
  expect(body).toMatchObject({ object: 'task', type: 'image', status: 'queued', output: { seed: 0 } });
});

test('parallel edits with one Idempotency-Key make one task, whatever their boundaries; another image is refused', async () => {
  const image = await anImage(77);
  const headers = { 'idempotency-key': 'edit-1' };
  const before = api.started.length;
  const answering = [edit(editForm(image), headers), edit(editForm(image), headers)];
  await finish(api, await nextStarted(api, before), [image]);

  const answers = await Promise.all(answering);
  const other = await edit(editForm(await anImage(78)), headers);

  expect(answers.map(({ status }) => status)).toEqual([200, 200]);
  expect(new Set(answers.map((answer) => answer.headers.get('x-atelier-run-id'))).size).toBe(1);
  expect(answers.filter((answer) => answer.headers.get('idempotent-replayed') === 'true')).toHaveLength(1);
  expect(api.started.length).toBe(before + 1);
  expect(other.status).toBe(422);
  expect(other.body.error.code).toBe('idempotency_key_reuse');
});

test('a JSON edit takes data: URLs and own links, and refuses what it must not fetch or does not own', async () => {
  const image = await anImage(90);
  const body = (reference: Readonly<Record<string, string>>) => ({ model: 'image-test', prompt: 'x', images: [reference] });
  const call = (reference: Readonly<Record<string, string>>, key: string = KEYS.site) =>
    api.call('POST', '/v1/images/edits', { key, body: body(reference), headers: { prefer: 'respond-async' } });

  const inline = await call({ image_url: `data:image/png;base64,${image.toString('base64')}` });
  const assetId: string = inline.body.input.images[0].asset_id;
  const shown = await api.call('GET', `/v1/assets/${assetId}`);
  const byLink = await call({ image_url: shown.body.url });
  const byPath = await call({ image_url: `${api.origin}/v1/assets/${assetId}/content` });
  const byFileId = await call({ file_id: assetId });
  const foreign = await api.call('GET', `/v1/assets/${assetId}`, { key: KEYS.other });
  const stolen = await call({ asset_id: assetId }, KEYS.other);
  const stolenLink = await call({ image_url: shown.body.url }, KEYS.other);
  const local = await call({ image_url: 'http://127.0.0.1:1/a.png' });
  const noImage = await call({ image_url: 'data:image/png;base64,aGVsbG8=' });

  expect(inline.status).toBe(202);
  for (const answer of [byLink, byPath, byFileId]) expect(answer.body.input.images).toEqual([{ asset_id: assetId, role: 'reference' }]);
  expect([foreign.status, stolen.status, stolenLink.status]).toEqual([404, 404, 404]);
  expect(local.body.error).toMatchObject({ code: 'invalid_url', param: 'images[0]' });
  expect(noImage.body.error).toMatchObject({ code: 'invalid_image', param: 'images[0]' });
});

test('bytes that are no image are refused by the name of their field, and nothing is started or charged', async () => {
  const before = api.started.length;

  const { status, body } = await edit(editForm(Buffer.from('not an image')));

  expect(status).toBe(400);
  expect(body.error).toMatchObject({ code: 'invalid_image', param: 'image' });
  expect(api.started.length).toBe(before);
});

test.each([
  ['an absurd size', { size: '99999x99999' }, 400, 'invalid_value', 'size'],
  ['a size the model does not offer', { size: '640x640' }, 400, 'invalid_value', 'size'],
  ['a prompt of 1 MB', { prompt: 'x'.repeat(1_000_000) }, 400, 'string_above_max_length', 'prompt'],
  ['a wrong type', { n: 'two' }, 400, 'invalid_type', 'n'],
  ['too many images', { n: 11 }, 400, 'invalid_value', 'n'],
  ['an unknown model', { model: 'nothing' }, 404, 'model_not_found', 'model'],
  ['a text model', { model: 'gpt-test' }, 400, 'invalid_value', 'model'],
  ['a body of 100 MB', { prompt: 'x'.repeat(100_000_000) }, 413, 'request_too_large', null],
])('%s is an error of the right class', async (_name, change, status, code, param) => {
  const before = api.started.length;

  const answer = await api.call('POST', '/v1/images/generations', { body: { model: 'image-test', prompt: 'x', ...change } });

  expect(answer.status).toBe(status);
  expect(answer.body.error).toMatchObject({ code, param });
  expect(answer.text).not.toContain('    at ');
  expect(api.started.length).toBe(before);
});

test('a form of 100 MB, an unknown file and a missing image are refused', async () => {
  const large = await edit(editForm(Buffer.alloc(100_000_000)));
  const stray = editForm(await anImage());
  stray.append('photo', new File([await anImage()], 'a.png'));
  const missing = new FormData();
  missing.append('prompt', 'x');
  missing.append('model', 'image-test');

  expect(large).toMatchObject({ status: 413, body: { error: { code: 'request_too_large', param: 'image' } } });
  expect(await edit(stray)).toMatchObject({ status: 400, body: { error: { code: 'unknown_parameter', param: 'photo' } } });
  expect(await edit(missing)).toMatchObject({ status: 400, body: { error: { code: 'missing_required_parameter', param: 'image' } } });
});

test('over its limit a key gets 429 without a workflow, and variations say where to go', async () => {
  const before = api.started.length;
  const refused = await api.call('POST', '/v1/images/generations', { key: KEYS.poor, body: { model: 'image-test', prompt: 'x' } });
  const variations = await api.call('POST', '/v1/images/variations', { body: {} });

  expect(refused).toMatchObject({ status: 429, body: { error: { code: 'insufficient_quota' } } });
  expect(refused.headers.get('x-should-retry')).toBe('false');
  expect(api.started.length).toBe(before);
  expect(variations.status).toBe(404);
  expect(variations.body.error.message).toContain('/v1/images/edits');
});

test('a client that goes away does not stop an image that is being made', async () => {
  const controller = new AbortController();
  const answering = fetch(`${api.origin}/v1/images/generations`, {
    method: 'POST',
    headers: { authorization: `Bearer ${KEYS.site}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'image-test', prompt: 'x' }),
    signal: controller.signal,
  });
  const gone = expect(answering).rejects.toThrow();
  const taskId = await nextStarted(api, api.started.length);
  controller.abort();
  await gone;
  await finish(api, taskId, [await anImage()]);

  const { body } = await api.call('GET', `/v1/tasks/${taskId}`);

  expect(api.cancelled).toEqual([]);
  expect(body).toMatchObject({ status: 'succeeded', cancel_requested_at: null });
  expect(body.outputs).toHaveLength(1);
});
