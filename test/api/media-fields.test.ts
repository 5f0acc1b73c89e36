import { useApi } from './support/api';
import { faultOf, stateOf } from './support/refusals';
import { USER } from './support/wrong-chats';

const api = useApi();
const state = () => stateOf(api);

const IMAGE = { type: 'image', model: 'image-test', input: { prompt: 'A fox.' } };
const VIDEO = { type: 'video', model: 'video-test', input: { prompt: 'A fox.' } };

/** Wrong values of what images and videos share, by the name that tasks and compatible endpoints have in common. */
const CREATIVE: readonly (readonly [name: string, value: unknown, code: string])[] = [
  ...['0:1', '16:0', '0:0', '1:1000000', '1:101', '999:1', '16:9:1', '-16:9', '1.5:1', ':', '', '１６:９'].map(
    (ratio) => ['aspect_ratio', ratio, 'invalid_value'] as const,
  ),
  ['aspect_ratio', 16 / 9, 'invalid_type'],
  ...['0x1024', '1024x0', '1024', '-1x5', '1024x1024x3', '15x15', '9000x9000', 'big', ''].map(
    (size) => ['size', size, 'invalid_value'] as const,
  ),
  ['size', 1024, 'invalid_type'],
  ['size', { width: 1 }, 'invalid_type'],
  ['seed', -1, 'invalid_value'],
  ['seed', 1.5, 'invalid_value'],
  ['seed', '7', 'invalid_type'],
  ['resolution', 720, 'invalid_type'],
  ['watermark', 1, 'invalid_type'],
  ['watermark', '', 'invalid_value'],
];
const OF_IMAGES: typeof CREATIVE = [
  ['n', 0, 'invalid_value'],
  ['n', 1.5, 'invalid_value'],
  ['n', 1e15, 'invalid_value'],
  ['n', '1', 'invalid_type'],
  ['quality', 5, 'invalid_type'],
  ['background', 'blue', 'invalid_value'],
  ['background', true, 'invalid_type'],
];

test.each([...CREATIVE, ...OF_IMAGES])('an image whose %s is %j is refused by name', async (name, value, code) => {
  const before = await state();

  const asTask = await api.call('POST', '/v1/tasks', { body: { ...IMAGE, output: { [name]: value } } });
  const compatible = await api.call('POST', '/v1/images/generations', { body: { model: 'image-test', prompt: 'A fox.', [name]: value } });
  const asItem = await api.call('POST', '/v1/campaigns', { body: { defaults: IMAGE, items: [{ output: { [name]: value } }] } });

  expect(faultOf(asTask)).toEqual([400, code, `output.${name}`]);
  expect(faultOf(compatible)).toEqual([400, code, name]);
  expect(asItem.body.error.details).toEqual([expect.objectContaining({ index: 1, param: `output.${name}` })]);
  expect(await state()).toEqual(before);
});

test.each([
  ...CREATIVE,
  ['audio', 'yes', 'invalid_type'],
  ['duration_s', '5 minutes', 'invalid_value'],
  ['duration_s', '', 'invalid_value'],
  ['duration_s', 0, 'invalid_value'],
  ['duration_s', -5, 'invalid_value'],
  ['duration_s', 1e9, 'invalid_value'],
] as const)('a video whose %s is %j is refused by name', async (name, value, code) => {
  const before = await state();
  const isDuration = name === 'duration_s';
  const given = { [isDuration ? 'seconds' : name]: value };

  const asTask = await api.call('POST', '/v1/tasks', { body: { ...VIDEO, output: { [name]: value } } });
  const compatible = await api.call('POST', '/v1/videos', { body: { model: 'video-test', prompt: 'A fox.', ...given } });

  expect(faultOf(asTask)).toEqual([400, code, `output.${name}`]);
  expect(faultOf(compatible)).toEqual([400, isDuration ? 'invalid_value' : code, isDuration ? 'seconds' : name]);
  expect(await state()).toEqual(before);
});

test.each([
  ['size', ['1024*1024', '1024×1024', ' 1024X1024 ', '1024:1024', '1024/1024'], '1024x1024'],
  ['aspect_ratio', ['16x9', '16*9', '16/9', '16 : 9', '16×9'], '16:9'],
  ['resolution', ['720P', '720', '1280x720', '720*1280', ' 720p'], '720p'],
  ['resolution', ['4K'], '4k'],
  ['quality', ['HIGH', ' High'], 'high'],
  ['duration_s', [5, '5', '5s', '5.0', '5 seconds', '5 S'], 5],
  ['seed', [0], 0],
] as const)('%s as any of %j is kept as %j', async (name, spellings, kept) => {
  const isDuration = name === 'duration_s';
  for (const value of spellings) {
    const asTask = await api.call('POST', '/v1/tasks', { body: { ...VIDEO, output: { [name]: value } } });
    expect([asTask.status, asTask.body.output?.[name]]).toEqual([202, kept]);
    const path = isDuration ? '/v1/videos' : '/v1/images/generations';
    const body = { model: isDuration ? 'video-test' : 'image-test', prompt: 'A fox.', [isDuration ? 'seconds' : name]: value };
    const compatible = await api.call('POST', path, { body, headers: { prefer: 'respond-async' } });
    const task = await api.call('GET', `/v1/tasks/${String(compatible.headers.get('x-atelier-run-id'))}`);
    expect(task.body.output?.[name]).toBe(kept);
  }
});

test('null is as absent in every optional field of tasks, images, videos and campaigns', async () => {
  const nulls = (...names: readonly string[]): object => Object.fromEntries(names.map((name) => [name, null]));
  const common = nulls('callback_url', 'external_id', 'metadata', 'priority', 'budget', 'deadline');
  const creative = nulls('size', 'aspect_ratio', 'resolution', 'quality', 'n', 'seed', 'watermark', 'format');
  const image = {
    ...IMAGE,
    ...common,
    input: { prompt: 'A fox.', ...nulls('negative_prompt', 'images') },
    output: { ...creative, ...nulls('background', 'compression') },
  };
  const source = { url: 'https://93.184.216.34/a.png', ...nulls('asset_id', 'data', 'role') };
  const bodies: readonly (readonly [path: string, body: object, status: number])[] = [
    ['/v1/tasks', image, 202],
    ['/v1/tasks', { ...IMAGE, output: null }, 202],
    ['/v1/tasks/estimate', image, 200],
    [
      '/v1/tasks',
      { ...VIDEO, output: { ...creative, ...nulls('duration_s', 'audio') }, input: { prompt: 'x', ...nulls('images', 'video') } },
      202,
    ],
    ['/v1/tasks', { ...VIDEO, input: { prompt: 'x', images: [source] } }, 202],
    ['/v1/tasks', { type: 'text', model: 'gpt-test', ...common, input: { prompt: 'x', messages: null }, params: null }, 202],
    [
      '/v1/videos',
      { model: 'video-test', prompt: 'x', ...nulls('seconds', 'size', 'input_reference', 'audio', 'callback_url', 'user', 'seed') },
      200,
    ],
    [
      '/v1/campaigns',
      {
        ...nulls('name', 'concurrency', 'budget', 'callback_url', 'metadata', 'start'),
        defaults: IMAGE,
        items: [{ key: null, output: null }],
      },
      202,
    ],
    ['/v1/campaigns', { defaults: null, start: false, items: [image] }, 400],
  ];

  for (const [path, body, status] of bodies) {
    const answer = await api.call('POST', path, { body });
    expect([path, answer.status, answer.body.error?.message]).toEqual([
      path,
      status,
      status === 400 ? expect.stringContaining('callback_url') : undefined,
    ]);
  }
});

test('an override of null takes a value away, and a null beside it is as absent', async () => {
  const chat = await api.call('POST', '/v1/chat/completions', {
    body: { model: 'gpt-test', messages: [USER], temperature: 0.5, seed: 7, made_up: 1 },
  });
  const id = chat.headers.get('x-atelier-run-id');
  const body = {
    overrides: {
      model: null,
      output: null,
      params: { temperature: null, made_up: null },
      input: { messages: [{ ...USER, name: null }] },
    },
    callback_url: null,
  };

  const answer = await api.call('POST', `/v1/tasks/${id}/replay`, { body });

  expect(answer.status).toBe(202);
  expect(api.lane.inBackground.at(-1)!.task.input).toEqual({ operation: 'chat', messages: [USER], params: { seed: 7 } });
});

test('an override is checked as what it makes of the stored request', async () => {
  const chat = await api.call('POST', '/v1/chat/completions', {
    body: {
      model: 'gpt-test',
      messages: [USER],
      response_format: { type: 'json_schema', json_schema: { name: 'n', schema: { type: 'object' } } },
    },
  });
  const replay = (format: unknown) =>
    api.call('POST', `/v1/tasks/${chat.headers.get('x-atelier-run-id')}/replay`, {
      body: { overrides: { params: { response_format: format } } },
    });

  expect((await replay({ json_schema: { name: 'other' } })).status).toBe(202);
  const place = 'overrides.params.response_format';
  expect(faultOf(await replay({ type: null }))).toEqual([400, 'missing_required_parameter', `${place}.type`]);
  expect(faultOf(await replay({ json_schema: { schema: 'x' } }))).toEqual([400, 'invalid_type', `${place}.json_schema.schema`]);
});
