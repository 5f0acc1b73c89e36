import { useHouse } from './support/house';

const PRICE = 'price: { per_image_usd: "0.01" }, retries: { per_route: 1 }';
const house = useHouse({
  copies: 2,
  env: { KEY_ONE: 'sk-provider-key-one', KEY_TWO: 'sk-provider-key-two' },
  providers: (first, second) => `  - { name: reserved, kind: openai, base_url: "${second.baseUrl}", classes: [production] }
  - name: keyed
    kind: openai
    base_url: "${first.baseUrl}"
    keys: [{ name: one, api_key: "\${KEY_ONE}", weight: 1000000 }, { name: two, api_key: "\${KEY_TWO}", weight: 0.000001 }]
`,
  models: `  - { name: strict, modality: image, ${PRICE}, fallbacks: { content_policy: [lenient] }, routes: [{ provider: first, model: fake-strict }] }
  - { name: lenient, modality: image, price: { per_image_usd: "0.03" }, routes: [{ provider: second, model: fake-lenient }] }
  - { name: strict-text, modality: text, price: { input_per_1m_usd: "1", output_per_1m_usd: "2" }, fallbacks: { content_policy: [lenient-text], context_window: [lenient-text] }, context_window: 50, routes: [{ provider: first, model: fake-strict }] }
  - { name: lenient-text, modality: text, price: { input_per_1m_usd: "10", output_per_1m_usd: "20" }, routes: [{ provider: second, model: fake-lenient }] }
  - { name: for-production, modality: text, price: free, routes: [{ provider: reserved, model: fake-text }] }
  - { name: conditional, modality: text, price: free, routes: [{ provider: first, model: fake-text, priority: 9, when: { classes: [test] } }, { provider: second, model: fake-text-2 }] }
  - { name: cheapest, modality: image, ${PRICE}, strategy: cheapest, routes: [{ provider: first, model: fake-image, priority: 9, cost: { per_image_usd: "0.009" } }, { provider: second, model: fake-image-2, cost: { per_image_usd: "0.004" } }] }
  - { name: keyed-text, modality: text, price: free, retries: { per_route: 1 }, routes: [{ provider: keyed, model: fake-text }] }
`,
});

const image = (model: string, more: object = {}) => ({ type: 'image', model, input: { prompt: 'A red fox.' }, ...more });
const chat = (model: string, more: object = {}) => ({ model, messages: [{ role: 'user', content: 'Say hello.' }], ...more });
const refused = { status: 400, code: 'moderation_blocked' };

test('an image that one model refuses for its content is made by its fallback, at that one’s price', async () => {
  house.first.script('fake-strict', [refused]);

  const { status, body } = await house.call('POST', '/v1/tasks', { body: image('strict') });
  const task = await house.ended(body.id);

  expect([status, body.cost.reserved]).toEqual([202, '0.03']);
  expect(task).toMatchObject({ status: 'succeeded', model: 'lenient', cost: { actual: '0.03', reserved: '0' } });
  expect(task.routing).toMatchObject({
    requested: 'strict',
    selected: { provider: 'second', model: 'fake-lenient' },
    attempts: [
      { provider: 'first', error_code: 'content_policy_violation', cost: '0' },
      { provider: 'second', outcome: 'succeeded' },
    ],
  });
});

test.each([[false], [true]])('a chat that one model refuses for its content is answered by its fallback, stream: %s', async (stream) => {
  house.first.script('fake-strict', [{ status: 400, code: 'content_filter' }]);

  const answer = await house.call('POST', '/v1/chat/completions', { body: chat('strict-text', { stream, max_tokens: 20 }) });
  const task = await house.ended(answer.headers.get('x-atelier-run-id')!);

  expect([answer.status, answer.headers.get('x-atelier-provider')]).toEqual([200, 'second']);
  expect(answer.text).toContain('"model":"lenient-text"');
  expect(answer.text).not.toContain('"model":"strict-text"');
  // 10 and 20 micro-dollars a token.
  expect(task.cost.actual).toBe(((task.usage.input_tokens * 10 + task.usage.output_tokens * 20) / 1_000_000).toString());
  expect(await house.ledger()).toMatchObject({ ok: true, open_reservations: 0 });
});

test('a chat too long for its model goes to the fallback for that at once', async () => {
  const answer = await house.call('POST', '/v1/chat/completions', {
    body: chat('strict-text', { messages: [{ role: 'user', content: 'word '.repeat(400) }] }),
  });

  expect([answer.status, answer.body.model]).toEqual([200, 'lenient-text']);
  expect([house.first.requests.length, house.second.requests.length]).toEqual([0, 1]);
});

test('models of a request are tried in order, and the answer names the one that served', async () => {
  house.first.script('fake-strict', [{ status: 500 }]);

  const answer = await house.call('POST', '/v1/images/generations', {
    body: { prompt: 'A red fox.', models: ['strict', 'lenient'], routing: { exclude: ['reserved'] } },
  });
  const task = await house.ended(answer.headers.get('x-atelier-run-id')!);

  expect([answer.status, answer.headers.get('x-atelier-provider')]).toEqual([200, 'second']);
  expect(task).toMatchObject({ model: 'lenient', routing: { requested: 'strict' }, cost: { actual: '0.03' } });
});

test.each<[string, object, string]>([
  ['a provider', { routing: { providers: ['first', 'nobody'] } }, 'routing.providers[1]'],
  ['a provider to exclude', { routing: { exclude: ['nobody'] } }, 'routing.exclude[0]'],
  ['a model', { models: ['text', 'nobody'] }, 'models[1]'],
  ['a strategy', { routing: { strategy: 'random' } }, 'routing.strategy'],
])('an unknown name of %s is a fault that names it, on every surface', async (_what, hints, param) => {
  const answers = await Promise.all([
    house.call('POST', '/v1/chat/completions', { body: chat('text', hints) }),
    house.call('POST', '/v1/tasks', { body: { type: 'text', model: 'text', input: { prompt: 'x' }, ...hints } }),
    house.call('POST', '/v1/tasks/estimate', { body: { type: 'text', model: 'text', input: { prompt: 'x' }, ...hints } }),
  ]);

  for (const { status, body } of answers) expect([status, body.error.code, body.error.param]).toEqual([400, 'invalid_value', param]);
});

test('hints choose the provider, for a request that its owner takes up as well', async () => {
  house.second.script('fake-text-2', [{ status: 500 }]);

  const one = await house.call('POST', '/v1/chat/completions', { body: chat('text', { routing: { providers: ['second', 'first'] } }) });
  const only = await house.call('POST', '/v1/chat/completions', { body: chat('text', { routing: { providers: ['second'] } }) });
  const none = await house.call('POST', '/v1/chat/completions', { body: chat('text', { routing: { providers: ['sandbox'] } }) });

  expect([one.status, one.headers.get('x-atelier-provider')]).toEqual([200, 'first']);
  expect([only.status, only.body.error.code]).toEqual([503, 'provider_unavailable']);
  expect([none.status, none.body.error.param]).toEqual([400, 'routing']);
  expect(house.first.requests.at(-1)?.body).not.toHaveProperty('routing');
});

test('routes and providers are for the classes that they name', async () => {
  const { production, test: testing } = house.atelier.keys;
  const ask = (key: string, model: string) => house.call('POST', '/v1/chat/completions', { key, body: chat(model) });

  const [allowed, forbidden] = [await ask(production, 'for-production'), await ask(testing, 'for-production')];
  const served = [await ask(production, 'conditional'), await ask(testing, 'conditional')];

  expect([allowed.status, forbidden.status, forbidden.body.error.code]).toEqual([200, 403, 'model_not_allowed']);
  expect(served.map(({ headers }) => headers.get('x-atelier-provider'))).toEqual(['second', 'first']);
});

test('an estimate tells who would be tried, at what cost, and who would not', async () => {
  const estimate = (body: object) => house.call('POST', '/v1/tasks/estimate', { body });

  const [cheap, conditional] = [
    await estimate(image('cheapest')),
    await estimate({ type: 'text', model: 'conditional', input: { prompt: 'x' } }),
  ];

  expect(cheap.body).toMatchObject({
    cost: { estimated: '0.01' },
    routing: {
      candidates: [
        { provider: 'second', model: 'fake-image-2', estimated_usd: '0.004' },
        { provider: 'first', model: 'fake-image', estimated_usd: '0.009' },
      ],
      skipped: [],
    },
  });
  expect(conditional.body.routing).toEqual({
    requested: 'conditional',
    candidates: [{ provider: 'second', model: 'fake-text-2', estimated_usd: '0' }],
    skipped: [{ provider: 'first', reason: 'class' }],
  });
});

test('a key that is refused gives way to the other key of its provider', async () => {
  house.first.script('fake-text', [{ status: 401 }, {}]);

  const answer = await house.call('POST', '/v1/chat/completions', { body: chat('keyed-text') });

  expect(answer.status).toBe(200);
  expect(house.first.requests.map(({ authorization }) => authorization)).toEqual([
    'Bearer sk-provider-key-one',
    'Bearer sk-provider-key-two',
  ]);
});
