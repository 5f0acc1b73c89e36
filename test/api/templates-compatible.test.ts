import sharp from 'sharp';
import type { ChatInput, MediaInput } from '../../domain/task/generation';
import { eventually } from '../support/eventually';
import { KEYS, useApi } from './support/api';
import { settle } from './support/lane';
import { faultOf } from './support/refusals';
import { publishedTemplate, SHOT } from './support/templates';

const api = useApi();

const png = async () =>
  sharp({ create: { width: 64, height: 64, channels: 3, background: '#c33' } })
    .png()
    .toBuffer();

/** The newest task, as the api stored it. */
async function newest() {
  const { body } = await api.call('GET', '/v1/tasks?limit=1');
  return (await api.database.tasks.get(body.first_id, null))!;
}

/** Sends a request that is answered when its task has ended, and ends that. */
async function send(path: string, body: object) {
  const before = (await api.call('GET', '/v1/tasks?limit=1')).body.first_id;
  const answer = api.call('POST', path, { body });
  await eventually(async () => (await api.call('GET', '/v1/tasks?limit=1')).body.first_id !== before, { withinMs: 20_000 });
  const task = await newest();
  await settle(api.database.tasks, task.id, null);
  await answer;
  return task;
}

test('an image is generated from a template, its photo included', async () => {
  const name = await publishedTemplate(api);
  const data = (await png()).toString('base64');

  const task = await send('/v1/images/generations', { template: name, inputs: { product: 'mug', photo: { data } }, seed: 0, user: 'me' });

  expect(task).toMatchObject({ model: 'image-test', endpoint: 'images.generations', template: { name, version: 1 } });
  const input = task.input as MediaInput;
  expect(input).toMatchObject({ prompt: 'A mug, calm light', output: { size: '512x512', seed: 0 }, params: { user: 'me' } });
  expect(input.images).toEqual([{ role: 'subject', source: { assetId: expect.stringMatching(/^asset_/) } }]);
});

test('what the template fixes is refused at compatible endpoints by the name that a task has for it', async () => {
  const name = await publishedTemplate(api);
  const generate = (fields: object) =>
    api.call('POST', '/v1/images/generations', { body: { template: name, inputs: { product: 'mug' }, ...fields } });

  expect(faultOf(await generate({ n: 2 }))).toEqual([400, 'parameter_not_overridable', 'output.n']);
  expect(faultOf(await generate({ prompt: 'x' }))).toEqual([400, 'parameter_not_overridable', 'input.prompt']);
  expect(faultOf(await generate({ inputs: {} }))).toEqual([400, 'invalid_template_input', 'inputs.product']);
  expect(faultOf(await api.call('POST', '/v1/videos', { body: { template: name, inputs: { product: 'mug' } } }))).toEqual([
    400,
    'invalid_value',
    'template',
  ]);
  const edit = { template: name, inputs: { product: 'mug' }, image: 'https://a.test/x.png' };
  expect(faultOf(await api.call('POST', '/v1/images/edits', { body: edit }))).toEqual([400, 'parameter_not_overridable', 'input.images']);
});

test('a video is generated from a template, also by a form, whose values are text', async () => {
  const name = await publishedTemplate(api, {
    type: 'video',
    model: 'video-test',
    inputs: { product: { type: 'string' }, seconds: { type: 'integer', min: 1, max: 10 }, first: { type: 'image', role: 'first_frame' } },
    prompt: 'A {{product}} turns',
    output: { duration_s: '{{seconds}}' },
    overridable: [],
  });
  const json = await api.call('POST', '/v1/videos', { body: { template: name, inputs: { product: 'mug', seconds: 4 } } });
  expect(json.body).toMatchObject({ object: 'video', model: 'video-test', prompt: 'A mug turns', seconds: '4' });

  const form = new FormData();
  form.append('template', name);
  form.append('inputs[product]', 'cup');
  form.append('inputs[seconds]', '5');
  const response = await fetch(`${api.origin}/v1/videos`, {
    method: 'POST',
    headers: { authorization: `Bearer ${api.siteKey}` },
    body: form,
  });
  expect(await response.json()).toMatchObject({ prompt: 'A cup turns', seconds: '5' });
  expect((await newest()).template).toEqual({ name, version: 1 });

  const wrong = await api.call('POST', '/v1/video/generations', { body: { template: name, inputs: { seconds: '5' } } });
  expect(faultOf(wrong)).toEqual([400, 'invalid_template_input', 'inputs.seconds']);
  const right = await api.call('POST', '/v1/video/generations', { body: { template: name, inputs: { product: 'jar', seconds: 6 } } });
  expect(right.status).toBe(200);
  expect((await newest()).input).toMatchObject({ prompt: 'A jar turns', output: { duration_s: 6 } });
});

const CHAT = {
  type: 'text',
  model: 'gpt-test',
  inputs: { topic: { type: 'text', required: true } },
  prompt: null,
  output: {},
  messages: [
    { role: 'system', content: 'Answer in one line.' },
    { role: 'user', content: 'Write about {{topic}}' },
  ],
  params: { temperature: 0, max_completion_tokens: 50 },
  overridable: ['params.temperature'],
};
const MESSAGES = [
  { role: 'system', content: 'Answer in one line.' },
  { role: 'user', content: 'Write about bread' },
];

test('a chat is answered from a template by the stock SDK', async () => {
  const name = await publishedTemplate(api, CHAT);

  const answer = await api.client().chat.completions.create({
    model: 'gpt-test',
    messages: [],
    template: name,
    inputs: { topic: 'bread' },
    temperature: 1,
  } as never);

  expect(answer).toMatchObject({ object: 'chat.completion', model: 'gpt-test' });
  const { task } = api.lane.runs.at(-1)!;
  expect(task.input as ChatInput).toEqual({ operation: 'chat', messages: MESSAGES, params: { temperature: 1, max_completion_tokens: 50 } });
  expect((await api.call('GET', `/v1/tasks/${task.id}`)).body.template).toEqual({ name, version: 1 });

  const chat = (fields: object) =>
    api.call('POST', '/v1/chat/completions', { body: { template: name, inputs: { topic: 'x' }, ...fields } });
  expect((await chat({})).status).toBe(200);
  expect(faultOf(await chat({ top_p: 0.5 }))).toEqual([400, 'parameter_not_overridable', 'params.top_p']);
  expect(faultOf(await chat({ messages: [{ role: 'user', content: 'x' }] }))).toEqual([400, 'parameter_not_overridable', 'input.messages']);
});

test('a response is answered from a template', async () => {
  const name = await publishedTemplate(api, CHAT);

  const answer = await api.call('POST', '/v1/responses', { body: { template: name, inputs: { topic: 'bread' } } });

  expect([answer.status, answer.body.object, answer.body.max_output_tokens]).toEqual([200, 'response', 50]);
  const { task } = api.lane.runs.at(-1)!;
  expect(task.input).toMatchObject({ messages: MESSAGES, params: { temperature: 0, max_completion_tokens: 50 } });
  expect((await newest()).template).toEqual({ name, version: 1 });
  const own = await api.call('POST', '/v1/responses', { body: { template: name, inputs: { topic: 'bread' }, input: 'x' } });
  expect(faultOf(own)).toEqual([400, 'parameter_not_overridable', 'input.messages']);
});

test('a repeat with the key of a request finds its task, whichever version is published by then', async () => {
  const name = await publishedTemplate(api);
  const send = () =>
    api.call('POST', '/v1/tasks', { body: { template: name, inputs: { product: 'mug' } }, headers: { 'idempotency-key': `key-${name}` } });
  const first = await send();
  await api.call('POST', `/v1/templates/${name}/versions`, { body: { ...SHOT, prompt: 'Another {{product}} {{mood}}' } });
  await api.call('POST', `/v1/templates/${name}/publish`);

  const second = await send();

  expect([second.body.id, second.headers.get('idempotent-replayed')]).toEqual([first.body.id, 'true']);
});

test('a refused request that names only a template is in the call log with the model of its template', async () => {
  const template = await publishedTemplate(api);
  const refused = async (path: string, body: object, key: string = KEYS.site): Promise<any> => {
    const answer = await api.call('POST', path, { key, body });
    const { body: found } = await api.call('GET', `/v1/logs?q=${String(answer.headers.get('x-request-id'))}`, { key });
    return found.data[0];
  };

  expect(await refused('/v1/tasks', { template, inputs: {} })).toMatchObject({
    model: 'image-test',
    error_code: 'invalid_template_input',
    endpoint: 'tasks',
  });
  expect(await refused('/v1/images/generations', { template, inputs: { product: 'mug' } }, KEYS.poor)).toMatchObject({
    model: 'image-test',
    error_code: 'insufficient_quota',
  });
  expect(await refused('/v1/tasks', { template, inputs: {}, model: 'my-own' })).toMatchObject({ model: 'my-own' });
  expect(await refused('/v1/chat/completions', { template: 'no-such@2', inputs: {} })).toMatchObject({
    model: 'no-such@2',
    error_code: 'not_found',
  });
  const { body: usage } = await api.call('GET', '/v1/usage?group_by=template');
  expect(usage.data.find((row: any) => row.template === template)).toMatchObject({ requests: 3, failed: 3 });
  expect(usage.data.some((row: any) => row.template === 'no-such')).toBe(false);
});
