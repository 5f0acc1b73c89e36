import { readFileSync, writeFileSync } from 'node:fs';
import { startReceiver } from '../callbacks/support/receiver';
import { runSql } from '../callbacks/support/run-sql';
import { cli } from '../cli/support/run-cli';
import { eventually } from '../support/eventually';
import type { Step } from '../support/fake-provider';
import { useHouse } from './support/house';
import { describeText } from './support/text-scenarios';

const LEAVING = '{ provider: leaving, model: fake-leaving, priority: 10 }, ';
const mixedRoutes = (kind: string): string =>
  `routes: [{ provider: first, model: fake-${kind}, priority: 10 }, { provider: sandbox, model: sandbox-${kind} }]`;
const house = useHouse({
  providers: (first) => `  - { name: narrow, kind: openai, base_url: "${first.baseUrl}", max_concurrency: 1 }
  - { name: leaving, kind: openai, base_url: "${first.baseUrl}", max_concurrency: 1 }
`,
  models: `  - { name: narrow, modality: image, price: { per_image_usd: "0.01" }, routes: [{ provider: narrow, model: fake-narrow }] }
  - { name: leaving, modality: image, price: { per_image_usd: "0.01" }, routes: [${LEAVING}{ provider: second, model: fake-image-2 }] }
  - { name: mixed-text, modality: text, price: free, retries: { per_route: 1 }, ${mixedRoutes('text')} }
  - { name: mixed-image, modality: image, price: free, retries: { per_route: 1 }, ${mixedRoutes('image')} }
`,
});

describeText(house);

async function generate(model: string): Promise<{ error: any; task: any }> {
  const made = house.client().images.generate({ model, prompt: 'A red fox.', response_format: 'b64_json' }).withResponse();
  const { id, error } = await made.then(
    ({ response }) => ({ id: response.headers.get('x-atelier-run-id'), error: undefined }),
    (failure: unknown) => ({ id: (failure as { headers: Headers }).headers.get('x-atelier-run-id'), error: failure }),
  );
  return { error, task: await house.ended(id!) };
}

test.each<[string, Step, string, string]>([
  ['answers 500', { status: 500 }, 'image', 'provider_unavailable'],
  ['answers 429 and asks for a minute', { status: 429, retryAfter: 60 }, 'image', 'rate_limited'],
  ['hangs, where the operator lets it be bought again', { hang: true }, 'image-rebought', 'outcome_unknown'],
  ['cuts the connection, where the operator lets it be bought again', { cut: true }, 'image-rebought', 'outcome_unknown'],
])('a first provider that %s is replaced by the second, for an image', async (_what, step, model, code) => {
  house.first.script('fake-image', [step]);

  const { error, task } = await generate(model);

  expect(error).toBeUndefined();
  expect(task).toMatchObject({ status: 'succeeded', cost: { actual: '0.01', reserved: '0' } });
  expect(task.routing.attempts).toMatchObject([
    { n: 1, error_code: code },
    { n: 2, provider: 'second', model: 'fake-image-2', outcome: 'succeeded' },
  ]);
  expect([house.first.counts.callsByModel.get('fake-image'), house.second.counts.creates]).toEqual([1, 1]);
});

test.each<[string, Step]>([
  ['hangs', { hang: true }],
  ['cuts the connection', { cut: true }],
])('an image whose provider %s is never bought a second time by itself', async (_what, step) => {
  house.first.script('fake-image', [step]);

  const { error, task } = await generate('image');

  expect(error).toMatchObject({ status: 504, code: 'outcome_unknown' });
  expect(task).toMatchObject({ status: 'failed', error: { code: 'outcome_unknown' }, cost: { actual: '0', reserved: '0' } });
  expect([house.first.counts.creates, house.second.counts.creates]).toEqual([1, 0]);
});

test('an image that the provider refuses by its content policy is not tried elsewhere and costs nothing', async () => {
  house.first.script('fake-image', [{ status: 400, code: 'moderation_blocked' }]);

  const { error, task } = await generate('image');

  expect(error).toMatchObject({ status: 400, code: 'content_policy_violation' });
  expect(task).toMatchObject({ status: 'failed', cost: { actual: '0', reserved: '0' } });
  expect([house.first.requests.length, house.second.requests.length]).toEqual([1, 0]);
  expect(await house.ledger()).toMatchObject({ ok: true, open_reservations: 0 });
});

test('a video whose first provider refuses is made by the second', async () => {
  house.first.script('fake-video', [{ status: 503 }]);

  const { id } = await house.client().videos.create({ model: 'video', prompt: 'A wave.', seconds: '4' });

  const task = await house.ended(id);
  expect(task).toMatchObject({ status: 'succeeded', cost: { actual: '0.4' } });
  expect(task.routing.attempts).toMatchObject([
    { provider: 'first', outcome: 'failed' },
    { provider: 'second', outcome: 'succeeded' },
  ]);
});

test('a video whose job fails at the first provider is made by the second, and the first one’s words are kept', async () => {
  house.first.script('fake-video', [{ job: { status: 'failed', error: { code: 'server_error', message: 'Out of memory.' } } }]);

  const { id } = await house.client().videos.create({ model: 'video', prompt: 'A wave.', seconds: '4' });

  const task = await house.ended(id, 15_000);
  expect(task).toMatchObject({ status: 'succeeded', cost: { actual: '0.4', reserved: '0' } });
  expect(task.routing.attempts).toMatchObject([
    {
      provider: 'first',
      outcome: 'failed',
      error_code: 'provider_unavailable',
      provider_code: 'server_error',
      provider_message: 'Out of memory.',
      cost: '0',
    },
    { provider: 'second', outcome: 'succeeded', provider_code: null, provider_message: null },
  ]);
});

test('a campaign of which one job fails everywhere completes with one failed item, holds nothing, and calls back', async () => {
  const receiver = await startReceiver(house.atelier.callbackSecret);
  const fails = { job: { status: 'FAILED', error: { code: 'internal_error', message: 'Render crashed.' } } };
  house.first.script('fake-video', [fails, {}]);
  house.second.script('fake-video-2', [fails]);
  try {
    const { body: campaign } = await house.call('POST', '/v1/campaigns', {
      body: {
        defaults: { type: 'video', model: 'video', output: { duration_s: 4 } },
        items: [1, 2, 3].map((n) => ({ key: `clip-${n}`, input: { prompt: `Clip ${n}.` } })),
        concurrency: 1,
        callback_url: receiver.url('/campaign'),
      },
    });
    const event = await eventually(() => receiver.at('/campaign')[0], { withinMs: 30_000, everyMs: 100 });
    const { body: done } = await house.call('GET', `/v1/campaigns/${campaign.id}`);
    const { body: items } = await house.call('GET', `/v1/campaigns/${campaign.id}/items`);

    expect(done).toMatchObject({ status: 'completed', counts: { total: 3, succeeded: 2, failed: 1 }, cost: { reserved: '0' } });
    expect(event.event).toMatchObject({ type: 'campaign.completed', data: { id: campaign.id } });
    expect(items.data[0]).toMatchObject({
      key: 'clip-1',
      status: 'failed',
      error: { code: 'provider_unavailable', provider_code: 'internal_error', provider_message: 'Render crashed.' },
    });
    expect(await house.ledger()).toMatchObject({ ok: true, open_reservations: 0 });
  } finally {
    await receiver.shut();
  }
});

async function submitted(body: object): Promise<string> {
  const answer = await house.call('POST', '/v1/tasks', { body: { type: 'image', input: { prompt: 'A red fox.' }, ...body } });
  if (answer.status !== 202) throw new Error(answer.text);
  return answer.body.id;
}

/** Keeps the one place of a provider busy, until the answer comes after `thinkMs`. */
async function occupied(model: string, upstream: string, thinkMs: number): Promise<string> {
  house.first.script(upstream, [{ thinkMs }, {}]);
  const id = await submitted({ model });
  await eventually(() => house.first.counts.callsByModel.get(upstream) === 1, { withinMs: 10_000 });
  return id;
}

test('an image that waits for its provider is stopped by a cancel or its deadline, and is not bought', async () => {
  const busy = await occupied('narrow', 'fake-narrow', 4_000);
  const cancelled = await submitted({ model: 'narrow' });
  const late = await submitted({ model: 'narrow', deadline: { finish_within_s: 2 } });
  await house.call('POST', `/v1/tasks/${cancelled}/cancel`);

  const [first, second] = [await house.ended(cancelled, 4_000), await house.ended(late, 5_000)];

  const nothing = { routing: { attempts: [] }, cost: { actual: '0', reserved: '0' } };
  expect(first).toMatchObject({ status: 'cancelled', error: { code: 'cancelled' }, ...nothing });
  expect(second).toMatchObject({ status: 'expired', error: { code: 'expired' }, ...nothing });
  expect(await house.ended(busy)).toMatchObject({ status: 'succeeded' });
  expect(house.first.counts.callsByModel.get('fake-narrow')).toBe(1);
}, 40_000);

test('an image that is being made when it is cancelled is heard out, paid, and its result kept', async () => {
  const id = await occupied('narrow', 'fake-narrow', 2_000);
  await house.call('POST', `/v1/tasks/${id}/cancel`);

  const task = await house.ended(id, 10_000);

  expect(task).toMatchObject({ status: 'cancelled', outputs: [{}], cost: { actual: '0.01', reserved: '0' } });
  expect(task.routing.attempts).toMatchObject([{ n: 1, outcome: 'succeeded' }]);
  expect(house.first.counts.creates).toBe(1);
}, 30_000);

test('an image whose provider hangs ends at its deadline, with an unknown outcome that is not charged', async () => {
  house.first.script('fake-narrow', [{ hang: true }]);
  const id = await submitted({ model: 'narrow', deadline: { finish_within_s: 3 } });

  const task = await house.ended(id, 8_000);

  expect(task).toMatchObject({ status: 'expired', error: { code: 'expired' }, cost: { actual: '0', reserved: '0' } });
  expect(task.routing.attempts).toMatchObject([{ n: 1, outcome: 'unknown', error_code: 'outcome_unknown' }]);
  expect(house.first.counts.creates).toBe(1);
}, 30_000);

test('what waits for a provider that leaves the configuration goes on to the next route; what it was making is kept', async () => {
  const making = await occupied('leaving', 'fake-leaving', 8_000);
  const waiting = await submitted({ model: 'leaving' });
  const file = house.atelier.env['ATELIER_CONFIG']!;
  const without = readFileSync(file, 'utf8')
    .replace(/ {2}- \{ name: leaving, kind.*\n/, '')
    .replace(LEAVING, '');
  writeFileSync(file, without);
  const applied = await cli(['config', 'apply', file], { env: house.atelier.env });

  expect(applied).toMatchObject({ code: 0 });
  expect((await house.ended(waiting, 20_000)).routing.attempts).toMatchObject([{ n: 1, provider: 'second', outcome: 'succeeded' }]);
  expect((await house.ended(making)).routing.attempts).toMatchObject([{ n: 1, provider: 'leaving', outcome: 'succeeded' }]);
  expect(await house.ledger()).toMatchObject({ ok: true, open_reservations: 0 });
}, 60_000);

test('a cancel whose notification was lost stops a call under way', async () => {
  house.first.script('fake-text', [{ thinkMs: 30_000 }]);
  const answer = await house.call('POST', '/v1/tasks', { body: { type: 'text', model: 'text-patient', input: { prompt: 'Say hello.' } } });
  await eventually(() => house.first.counts.callsByModel.get('fake-text') === 1, { withinMs: 10_000 });
  // As a cancel is written, but without telling anybody.
  await runSql(house.atelier.databaseUrl, `update tasks set cancel_requested_at = now() where id = $1`, [answer.body.id]);

  expect(await house.ended(answer.body.id, 5_000)).toMatchObject({ status: 'cancelled', cost: { actual: '0', reserved: '0' } });
}, 30_000);

describe('parameters that Atelier does not know', () => {
  const chat = { messages: [{ role: 'user', content: 'Hi.' }], temperature: 0.5, top_k: 40, plugins: [{ id: 'web' }], unset: null };
  const image = { prompt: 'A red fox.', seed: 7, colour: 'red', steps: 30, style: 'vivid', user: 'u-1' };

  test.each([
    ['chat/completions', { model: 'mixed-text', ...chat }, ['top_k', 'plugins', 'temperature'], null],
    ['chat/completions', { model: 'mixed-text', stream: true, ...chat }, ['top_k', 'plugins', 'temperature'], null],
    ['images/generations', { model: 'mixed-image', ...image }, ['colour', 'steps', 'seed', 'user'], 'style'],
  ])('travel to a provider of the same format: /v1/%s %#', async (path, body: Record<string, unknown>, travel, dropped) => {
    const answer = await house.call('POST', `/v1/${path}`, { body });

    expect([answer.status, answer.headers.get('x-atelier-provider')]).toEqual([200, 'first']);
    expect(answer.headers.get('x-atelier-dropped')).toBe(dropped);
    const sent = house.first.requests.at(-1)?.body as Record<string, unknown>;
    expect(Object.fromEntries(travel.map((name) => [name, sent[name]]))).toEqual(
      Object.fromEntries(travel.map((name) => [name, body[name]])),
    );
    expect(sent).not.toHaveProperty('style');
  });

  test.each([
    ['chat/completions', 'fake-text', { model: 'mixed-text', ...chat }, 'top_k, plugins'],
    ['chat/completions', 'fake-text', { model: 'mixed-text', stream: true, ...chat }, 'top_k, plugins'],
    ['images/generations', 'fake-image', { model: 'mixed-image', ...image }, 'style, colour, steps, user'],
  ])('are named as dropped when the fallback speaks another format: /v1/%s %#', async (path, fake, body, dropped) => {
    house.first.script(fake, [{ status: 500 }]);

    const answer = await house.call('POST', `/v1/${path}`, { body });

    expect([answer.status, answer.headers.get('x-atelier-provider')]).toEqual([200, 'sandbox']);
    expect(answer.headers.get('x-atelier-dropped')).toBe(dropped);
  });

  test('are named before a provider is chosen when none of the model would get them', async () => {
    const video = { model: 'sandbox-video', prompt: 'A red fox.', seconds: '1', camera: 'static', user: 'u-1' };
    const image = { model: 'mixed-image', prompt: 'A red fox.', camera: 'static' };

    const started = await house.call('POST', '/v1/videos', { body: video });
    const undecided = await house.call('POST', '/v1/images/generations', { body: image, headers: { prefer: 'respond-async' } });

    expect([started.status, started.headers.get('x-atelier-dropped')]).toEqual([200, 'user, camera']);
    expect([undecided.status, undecided.headers.get('x-atelier-dropped')]).toEqual([202, null]);
  });

  test('with names that are no header text are named as far as possible', async () => {
    const names = ['bad\r\nname', '名', 'a,b', 'x'.repeat(200), ...Array.from({ length: 60 }, (_, index) => `p${index}`)];
    const body = { model: 'sandbox-text', ...chat, ...Object.fromEntries(names.map((name) => [name, 1])) };

    const answer = await house.call('POST', '/v1/chat/completions', { body });

    const named = answer.headers.get('x-atelier-dropped')!.split(', ');
    expect(answer.status).toBe(200);
    expect(named).toHaveLength(32);
    expect(named.slice(0, 6)).toEqual(['top_k', 'plugins', 'bad??name', '?', 'a?b', 'x'.repeat(64)]);
  });
});
