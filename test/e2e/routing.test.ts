import { cli } from '../cli/support/run-cli';
import { callApi } from '../support/call';
import { eventually } from '../support/eventually';
import { useRoutedHouse } from './support/routed-house';

const house = useRoutedHouse();

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
  const listed = async (key: string) => (await house.call('GET', '/v1/models', { key })).body.data.map(({ id }: { id: string }) => id);
  const names = ['for-production', 'conditional'];
  expect((await listed(production)).filter((id: string) => names.includes(id)).sort()).toEqual(names.toSorted());
  expect((await listed(testing)).filter((id: string) => names.includes(id))).toEqual(['conditional']);
  expect((await house.call('GET', '/v1/models/for-production', { key: testing })).status).toBe(404);
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

test('images go to a provider no faster than its limit allows, by all workers together', async () => {
  const made = await Promise.all(Array.from({ length: 12 }, () => house.call('POST', '/v1/tasks', { body: image('paced') })));
  const tasks = await Promise.all(made.map(({ body }) => house.ended(body.id, 30_000)));

  const starts = tasks.map(({ routing }) => Date.parse(routing.attempts[0].started_at)).sort((left, right) => left - right);
  expect(tasks.map(({ status }) => status)).toEqual(made.map(() => 'succeeded'));
  // Two a second, of which four may come at once.
  expect(starts.at(-1)! - starts[0]!).toBeGreaterThan(3_900);
}, 60_000);

describe('a provider that dies under load', () => {
  const fragile = (): Promise<any> =>
    house
      .call('GET', '/admin/v1/providers', { key: house.atelier.adminKey })
      .then(({ body }) => body.data.find(({ name }: any) => name === 'fragile'));
  const breaker = async () => (await fragile()).breakers[0];
  /** One request to each api process in turn, all at once. */
  const ask = (count: number) =>
    Promise.all(
      Array.from({ length: count }, async (_, index) => {
        const origin = house.atelier.apiOrigins[index % house.atelier.apiOrigins.length]!;
        const answer = await callApi(`${origin}/v1/chat/completions`, 'POST', {
          key: house.atelier.keys.production,
          body: chat('fragile'),
        });
        return [answer.status, answer.headers.get('x-atelier-provider')].join(' ');
      }),
    );
  const calls = () => house.first.counts.callsByModel.get('fake-fragile') ?? 0;

  test('is left alone by all processes, tried with one call, and called again once that succeeds', async () => {
    house.first.script('fake-fragile', [{ status: 503 }]);

    expect(new Set(await ask(12))).toEqual(new Set(['200 second']));
    await eventually(async () => (await breaker())?.state === 'open', { withinMs: 5_000 });
    // Every process has heard of it: nobody calls it any more.
    await eventually(
      async () => {
        const before = calls();
        const served = new Set(await ask(8));
        return calls() === before && served.size === 1;
      },
      { withinMs: 5_000 },
    );
    const [task] = (await house.call('GET', '/v1/tasks?limit=1')).body.data;
    expect(task.routing.skipped).toEqual([{ provider: 'fragile', reason: 'breaker_open' }]);

    // It fails its one call as well: open again, for twice as long.
    const first = calls();
    await eventually(
      async () => {
        await ask(6);
        return calls() > first;
      },
      { withinMs: 15_000, everyMs: 50 },
    );
    expect(calls()).toBe(first + 1);
    const opened = await eventually(
      async () => {
        const now = await breaker();
        return now?.state === 'open' && now;
      },
      { withinMs: 5_000 },
    );
    expect(Date.parse(opened.next_probe_at) - Date.parse(opened.opened_at)).toBe(4_000);

    house.first.script('fake-fragile', [{}]);
    await eventually(async () => new Set(await ask(4)).has('200 fragile'), { withinMs: 15_000, everyMs: 50 });
    await eventually(async () => (await breaker()).state === 'closed', { withinMs: 5_000 });
    await eventually(async () => [...new Set(await ask(4))].join() === '200 fragile', { withinMs: 5_000 });
  }, 60_000);
});

describe('providers as operators see them', () => {
  const admin = (method: string, path: string, body?: unknown): Promise<any> =>
    house.call(method, `/admin/v1/providers${path}`, { key: house.atelier.adminKey, ...(body === undefined ? {} : { body }) });

  test('have their health, keys and breakers, for the admin key alone', async () => {
    await house.call('POST', '/v1/chat/completions', { body: chat('keyed-text') });
    const { body } = await eventually(
      async () => {
        const answer = await admin('GET', '');
        return answer.body.data.find(({ name }: any) => name === 'keyed').health.requests_5m > 0 && answer;
      },
      { withinMs: 10_000, everyMs: 200 },
    );

    expect(body.data.find(({ name }: any) => name === 'keyed')).toMatchObject({
      kind: 'openai',
      enabled: true,
      keys: [{ name: 'one' }, { name: 'two', state: 'closed' }],
      health: { latency_ms_p50: expect.any(Number), latency_ms_p95: expect.any(Number), requests_5m: expect.any(Number) },
    });
    expect(JSON.stringify(body)).not.toContain('sk-provider-key');
    expect((await house.call('GET', '/admin/v1/providers')).status).toBe(403);
    expect((await admin('GET', '/nobody')).status).toBe(404);
  });

  test('that are switched off serve nothing until they are switched on again', async () => {
    const ask = () => house.call('POST', '/v1/chat/completions', { body: chat('text') });

    expect((await admin('POST', '/first/disable')).body).toMatchObject({ name: 'first', enabled: false });
    await eventually(async () => (await ask()).headers.get('x-atelier-provider') === 'second', { withinMs: 10_000 });
    const [task] = (await house.call('GET', '/v1/tasks?limit=1')).body.data;
    expect(task.routing.skipped).toEqual([{ provider: 'first', reason: 'disabled' }]);
    expect(await cli(['providers', 'enable', 'first'], { env: house.atelier.env })).toMatchObject({ code: 0 });
    await eventually(async () => (await ask()).headers.get('x-atelier-provider') === 'first', { withinMs: 10_000 });
    expect((await admin('POST', '/nobody/disable')).status).toBe(404);
  });

  test.each<[string, object, boolean, RegExp]>([
    ['that answers', {}, true, /model fake-text answered/],
    [
      'whose model thinks for longer than a token',
      { status: 400, message: 'Could not finish the message because max_tokens or model output limit was reached.' },
      true,
      /was reached; it wants more/,
    ],
    ['that refuses the key', { status: 401 }, false, /refuses the key/],
    ['whose bill is not paid', { status: 429, code: 'insufficient_quota' }, false, /billing problem/],
    ['that does not know the model', { status: 404, code: 'model_not_found' }, false, /does not know the model fake-text/],
    ['that is down', { status: 503 }, false, /down or overloaded/],
  ])('%s are tested by a call of one token', async (_what, step, ok, words) => {
    house.first.script('fake-text', [step]);

    const { body } = await admin('POST', '/first/test', { model: 'text' });

    expect(body.ok).toBe(ok);
    expect(body.steps.map(({ name }: any) => name)).toEqual(['configuration', 'dns', 'connection', 'call']);
    expect(body.steps.at(-1)).toMatchObject({ ok, message: expect.stringMatching(words), duration_ms: expect.any(Number) });
    expect(house.first.requests.at(-1)?.body).toMatchObject({ max_tokens: 1 });
  });

  test('that nobody listens at are told apart by the command line, with exit code 1', async () => {
    const lost = await cli(['providers', 'test', 'lost', '--json'], { env: house.atelier.env });
    const nameless = await cli(['providers', 'test', 'nameless', '--json'], { env: house.atelier.env });

    expect([lost.code, nameless.code]).toEqual([1, 1]);
    expect(lost.json().steps.at(-1)).toMatchObject({
      name: 'connection',
      ok: false,
      message: expect.stringMatching(/takes no connection \(ECONNREFUSED\)/),
    });
    expect(nameless.json().steps.at(-1)).toMatchObject({
      name: 'dns',
      ok: false,
      message: expect.stringMatching(/DNS does not know the host/),
    });
  });
});
