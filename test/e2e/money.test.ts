import type { Answer } from '../support/call';
import { eventually } from '../support/eventually';
import { eventsOf } from '../support/fake-provider';
import { useHouse } from './support/house';

const FIXED_PRICES = `  - { name: cent, modality: text, price: { per_call_usd: "0.01" }, routes: [{ provider: first, model: fake-text }] }
  - name: capped
    modality: image
    price: { per_image_usd: "1" }
    routes: [{ provider: first, model: fake-image }]
  - name: by-size
    modality: image
    price: { per_image: [{ size: "1024x1024", quality: low, usd: "0.01" }, { usd: "0.25" }] }
    routes: [{ provider: first, model: fake-image }]
  - name: metered
    modality: text
    price: { input_per_1m_usd: "1", cached_input_per_1m_usd: "0.10", output_per_1m_usd: "10" }
    routes: [{ provider: first, model: metered }]
`;

const house = useHouse({ models: FIXED_PRICES });

const messages = [{ role: 'user', content: 'Say hello.' }];
const chat = { model: 'text', messages, max_tokens: 100 };

async function inParallel(times: number, send: (index: number) => Promise<Answer>): Promise<Answer[]> {
  return Promise.all(Array.from({ length: times }, (_, index) => send(index)));
}

function countByStatus(answers: readonly Answer[]): Record<number, number> {
  const counts: Record<number, number> = {};
  for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

test('over its limit a key gets 429 insufficient_quota, forbids the repeat, and nobody is called', async () => {
  const key = await house.newKey('poor', '0.000001');

  const answers = [
    await house.call('POST', '/v1/chat/completions', { key, body: chat }),
    await house.call('POST', '/v1/chat/completions', { key, body: { ...chat, stream: true } }),
    await house.call('POST', '/v1/embeddings', { key, body: { model: 'text', input: 'x'.repeat(1_000) } }),
    await house.call('POST', '/v1/images/generations', { key, body: { model: 'image', prompt: 'x' } }),
    await house.call('POST', '/v1/videos', { key, body: { model: 'video', prompt: 'x', seconds: '4' } }),
    await house.call('POST', '/v1/tasks', { key, body: { type: 'image', model: 'image', input: { prompt: 'x' } } }),
  ];

  for (const { status, headers, body } of answers) {
    expect([status, body.error.code, body.error.type]).toEqual([429, 'insufficient_quota', 'insufficient_quota']);
    expect(headers.get('x-should-retry')).toBe('false');
    expect(await house.task(headers.get('x-atelier-run-id')!)).toMatchObject({
      status: 'failed',
      error: { code: 'insufficient_quota' },
      cost: { reserved: '0', lines: [] },
      routing: { attempts: [] },
    });
  }
  expect([house.first.requests.length, house.second.requests.length]).toEqual([0, 0]);
  expect(await house.account('poor')).toMatchObject({ spent_usd: '0', held_usd: '0' });
});

test('the stock SDK does not repeat a request that is over budget', async () => {
  const key = await house.newKey('poor-sdk', '0.000001');
  const before = (await house.tasks()).length;

  const made = house.client(key).chat.completions.create({ model: 'text', messages: [{ role: 'user', content: 'x' }] });

  await expect(made).rejects.toMatchObject({ status: 429, code: 'insufficient_quota' });
  expect((await house.tasks()).length).toBe(before + 1);
});

test('of 200 chats at once on a budget for 100, exactly 100 succeed', async () => {
  const key = await house.newKey('hundred-chats', '1');

  const answers = await inParallel(200, () => house.call('POST', '/v1/chat/completions', { key, body: { ...chat, model: 'cent' } }));

  expect(countByStatus(answers)).toEqual({ 200: 100, 429: 100 });
  expect(house.first.counts.creates).toBe(100);
  expect(await house.account('hundred-chats')).toMatchObject({ spent_usd: '1', held_usd: '0' });
  expect(await house.ledger()).toMatchObject({ ok: true, open_reservations: 0, problems: [] });
});

test('what a chat did not use of its reservation pays for the next one', async () => {
  const key = await house.newKey('change', '0.001');
  const patient = { ...chat, model: 'text-patient' };
  const { body } = await house.call('POST', '/v1/tasks/estimate', {
    body: { type: 'text', model: 'text-patient', input: { messages }, params: { max_tokens: 100 } },
  });

  let answers = 0;
  for (; (await house.call('POST', '/v1/chat/completions', { key, body: patient })).status === 200; answers += 1);

  // The last one was refused because its bound no longer fitted, though its price might have.
  const spent = Number((await house.account('change')).spent_usd);
  expect(answers).toBeGreaterThan(0.001 / Number(body.cost.estimated));
  expect([spent <= 0.001, spent + Number(body.cost.estimated) > 0.001]).toEqual([true, true]);
  expect(house.first.counts.creates).toBe(answers);
  expect(await house.ledger()).toMatchObject({ ok: true, open_reservations: 0 });
});

test('of 200 images at once on a budget for 100, exactly 100 are made and paid', async () => {
  const key = await house.newKey('hundred-images', '100');

  const answers = await inParallel(200, (index) =>
    house.call('POST', '/v1/tasks', { key, body: { type: 'image', model: 'capped', input: { prompt: `image ${index}` } } }),
  );
  const admitted = answers.filter(({ status }) => status === 202);
  const ended = await Promise.all(admitted.map(({ body }) => house.ended(body.id, 100_000)));

  expect(countByStatus(answers)).toEqual({ 202: 100, 429: 100 });
  expect(ended.filter(({ status }) => status === 'succeeded')).toHaveLength(100);
  expect([...house.first.counts.createsByPrompt.values()]).toEqual(Array.from({ length: 100 }, () => 1));
  expect(await house.account('hundred-images')).toMatchObject({ spent_usd: '100', held_usd: '0' });
  expect(await house.ledger()).toMatchObject({ ok: true, open_reservations: 0, problems: [] });
}, 150_000);

describe.each([
  ['chats', '/v1/chat/completions', chat, { ...chat, max_tokens: 101 }],
  ['streamed chats', '/v1/chat/completions', { ...chat, stream: true }, { ...chat, stream: true, max_tokens: 101 }],
  ['embeddings', '/v1/embeddings', { model: 'text', input: 'x' }, { model: 'text', input: 'y' }],
  ['images', '/v1/images/generations', { model: 'image', prompt: 'x' }, { model: 'image', prompt: 'y' }],
  ['videos', '/v1/videos', { model: 'video', prompt: 'x', seconds: '4' }, { model: 'video', prompt: 'y', seconds: '4' }],
  [
    'tasks',
    '/v1/tasks',
    { type: 'image', model: 'image', input: { prompt: 'x' } },
    { type: 'image', model: 'image', input: { prompt: 'y' } },
  ],
  [
    'text tasks',
    '/v1/tasks',
    { type: 'text', model: 'text', input: { prompt: 'x' } },
    { type: 'text', model: 'text', input: { prompt: 'y' } },
  ],
])('%s with one Idempotency-Key', (what, path, body, other) => {
  test('twenty in parallel are one run and one call of the provider; another body is refused', async () => {
    const headers = { 'idempotency-key': `twenty ${what}` };
    const entries = async (): Promise<number> => (await house.ledger()).entries;
    house.first.behaviour.thinkMs = 300;

    const answers = await inParallel(20, () => house.call('POST', path, { body, headers }));
    house.first.behaviour.thinkMs = 0;
    const runs = new Set(answers.map((answer) => answer.headers.get('x-atelier-run-id')));
    await house.ended([...runs][0]!);
    const entriesBefore = await entries();
    const again = await house.call('POST', path, { body, headers });
    const refused = await house.call('POST', path, { body: other, headers });

    expect(runs.size).toBe(1);
    for (const answer of answers) expect(answer.status).toBeLessThan(300);
    // Of those that were first, exactly one was no replay.
    expect(answers.filter((answer) => answer.headers.get('idempotent-replayed') === null)).toHaveLength(1);
    expect([again.status < 300, again.headers.get('idempotent-replayed')]).toEqual([true, 'true']);
    expect(again.headers.get('x-atelier-run-id')).toBe([...runs][0]);
    expect([refused.status, refused.body.error.code, refused.headers.get('x-should-retry')]).toEqual([
      422,
      'idempotency_key_reuse',
      'false',
    ]);
    expect(house.first.counts.creates).toBe(1);
    expect(await entries()).toBe(entriesBefore);
    expect(await house.ledger()).toMatchObject({ ok: true, open_reservations: 0 });
    if (path === '/v1/tasks' || path === '/v1/videos') expect(new Set(answers.map((answer) => answer.body.id)).size).toBe(1);
    else if (path === '/v1/images/generations') expect(new Set(answers.map((answer) => answer.body.data.length))).toEqual(new Set([1]));
    else if (!answers[0]!.headers.get('content-type')!.startsWith('text/event-stream')) {
      expect(new Set([...answers, again].map((answer) => answer.text)).size).toBe(1);
    } else expect(new Set([...answers, again].map((answer) => wordsOf(answer.text))).size).toBe(1);
  });
});

describe('the usage that a provider reports', () => {
  const started = { choices: [{ index: 0, delta: { role: 'assistant', content: 'Hi.' }, finish_reason: null }] };
  const stopped = { choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] };
  const whole = (usage: unknown, message: object = { role: 'assistant', content: 'Hi.' }) => ({
    pieces: [JSON.stringify({ choices: [{ index: 0, message, finish_reason: 'stop' }], usage })],
  });

  async function costOf(body: object): Promise<any> {
    const answer = await house.call('POST', '/v1/chat/completions', { body: { model: 'metered', messages, max_tokens: 5_000, ...body } });
    expect(answer.status).toBe(200);
    return house.ended(answer.headers.get('x-atelier-run-id')!);
  }

  test.each([
    ['on a last chunk without choices', { usage: { prompt_tokens: 10, completion_tokens: 500 } }, '0.00501'],
    ['on a last chunk with null for choices', { choices: null, usage: { prompt_tokens: 10, completion_tokens: 500 } }, '0.00501'],
    [
      'with reasoning in the total only',
      { choices: [], usage: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 1015 } },
      '0.01006',
    ],
  ])('%s is charged', async (_where, last, cost) => {
    house.first.script('metered', [{ exactly: eventsOf([started, stopped, last]) }]);

    const task = await costOf({ stream: true, stream_options: { include_usage: true } });

    expect([task.cost.actual, task.usage.estimated]).toEqual([cost, false]);
  });

  test('beyond what is possible is charged up to the reservation, and a line says so', async () => {
    house.first.script('metered', [{ exactly: whole({ prompt_tokens: 10, completion_tokens: 900_000_000 }) }]);
    const { body: estimate } = await house.call('POST', '/v1/tasks/estimate', {
      body: { type: 'text', model: 'metered', input: { messages }, params: { max_tokens: 5_000 } },
    });

    const { cost } = await costOf({});

    expect(cost.actual).toBe(estimate.cost.estimated);
    expect(cost.lines.at(-1)).toMatchObject({ item: 'above_reservation' });
    const sum = cost.lines.reduce((total: number, { usd }: { usd: string }) => total + Number(usd), 0);
    expect(sum).toBeCloseTo(Number(cost.actual), 6);
  });

  test('is counted by us when it is missing or zero: images as images, in the request and in the answer', async () => {
    const url = `data:image/png;base64,${'A'.repeat(1_048_576)}`;
    const drawn = {
      role: 'assistant',
      content: '',
      images: [{ type: 'image_url', image_url: { url: `data:image/png;base64,${'A'.repeat(100_000)}` } }],
    };
    const body = { messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url } }] }] };

    for (const usage of [
      undefined,
      { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 },
      { prompt_tokens: -1, completion_tokens: -1 },
    ]) {
      house.first.script('metered', [{ exactly: whole(usage, drawn) }]);
      const task = await costOf(body);

      expect(task.usage).toMatchObject({ estimated: true });
      expect(task.usage.input_tokens).toBeGreaterThan(84);
      expect(task.usage.input_tokens).toBeLessThan(1_600);
      expect(task.usage.output_tokens).toBeGreaterThan(84);
      expect(task.usage.output_tokens).toBeLessThan(2_100);
    }
    expect(await house.ledger()).toMatchObject({ ok: true, open_reservations: 0 });
  });
});

test('an image costs what is sent on, wherever it is asked for', async () => {
  const output = { aspect_ratio: '1:1', quality: 'low' };
  const task = { type: 'image', model: 'by-size', input: { prompt: 'A red fox.' }, output };
  const estimate = await house.call('POST', '/v1/tasks/estimate', { body: task });
  const made = await house.call('POST', '/v1/tasks', { body: task });
  const first = await house.ended(made.body.id);
  const replay = await house.call('POST', `/v1/tasks/${first.id}/replay`, { body: {} });
  const compatible = await house.call('POST', '/v1/images/generations', {
    body: { model: 'by-size', prompt: 'A red fox.', size: '1024x1024', quality: 'low' },
  });
  const campaign = await house.call('POST', '/v1/campaigns', {
    body: {
      name: 'by-size',
      defaults: { type: 'image', model: 'by-size', output },
      items: [{ key: 'a', input: { prompt: 'A red fox.' } }],
    },
  });
  const items = await eventually(
    async () => {
      const { body } = await house.call('GET', `/v1/tasks?campaign_id=${campaign.body.id}`);
      return body.data.length === 1 && body.data;
    },
    { withinMs: 40_000 },
  );
  const tasks = [first.id, replay.body.id, compatible.headers.get('x-atelier-run-id'), items[0].id];
  const ended = await Promise.all(tasks.map((id) => house.ended(id)));

  expect([estimate.body.cost.estimated, made.body.cost.reserved, campaign.body.cost.estimated]).toEqual(['0.01', '0.01', '0.01']);
  expect(ended.map(({ cost }) => cost.actual)).toEqual(['0.01', '0.01', '0.01', '0.01']);
  expect(house.first.requests.map(({ body }) => [body['size'], body['quality']])).toEqual(Array(4).fill(['1024x1024', 'low']));
});

/** The text that a stream of chunks says. */
function wordsOf(stream: string): string {
  return stream
    .split('\n\n')
    .filter((line) => line.startsWith('data: {'))
    .map((line) => JSON.parse(line.slice('data: '.length)).choices[0]?.delta.content ?? '')
    .join('');
}
