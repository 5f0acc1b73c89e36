import { callerOf, textTask } from '../callbacks/support/caller';
import { cli } from '../cli/support/run-cli';
import { useWebhooks } from './support/installation';

const webhooks = useWebhooks();

test('endpoints are made, read, changed and deleted as the SDK does it, and the secret is shown once', async () => {
  const types = await webhooks.caller.call('GET', '/webhook_event_types');
  const made = await webhooks.anEndpoint('/crud', ['batch.completed', 'task.*']);
  const second = await webhooks.anEndpoint('/crud-2', ['response.completed']);
  const read = await webhooks.caller.call('GET', `/webhook_endpoints/${made.id}`);
  const page = await webhooks.caller.call('GET', '/webhook_endpoints?limit=1');
  const next = await webhooks.caller.call('GET', `/webhook_endpoints?limit=1&after=${page.body.last_id}`);
  const same = await webhooks.caller.call('POST', `/webhook_endpoints/${made.id}`);
  const changed = await webhooks.caller.call('POST', `/webhook_endpoints/${made.id}`, { name: 'shop', event_types: ['video.failed'] });
  const deleted = await webhooks.caller.call('DELETE', `/webhook_endpoints/${made.id}`);

  expect(types.body.data).toEqual(expect.arrayContaining(['task.succeeded', 'batch.completed', 'response.incomplete', 'budget.threshold']));
  const { signing_secret: secret, ...shown } = made;
  expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
  expect(shown).toEqual({
    id: expect.stringMatching(/^whe_[0-9a-f]{32}$/),
    object: 'webhook_endpoint',
    name: 'crud',
    url: webhooks.receiver.url('/crud'),
    event_types: ['batch.completed', 'task.*'],
    signing_secret_hint: `${secret.slice(0, 10)}...`,
    created_at: expect.any(Number),
    updated_at: expect.any(Number),
    enabled: true,
    disabled_reason: null,
    disabled_at: null,
    failing_since: null,
    old_secret_expires_at: null,
  });
  expect(read.body).toEqual(shown);
  expect(same.body).toEqual(shown);
  expect(page.body).toMatchObject({ object: 'list', data: [{ id: second.id }], first_id: second.id, last_id: second.id, has_more: true });
  expect(next.body).toMatchObject({ data: [shown], has_more: false });
  expect(changed.body).toMatchObject({ name: 'shop', url: shown.url, event_types: ['video.failed'] });
  expect(deleted.body).toEqual({ id: made.id, object: 'webhook_endpoint.deleted', deleted: true });
  expect((await webhooks.caller.call('GET', `/webhook_endpoints/${made.id}`)).status).toBe(404);
});

test('refused addresses, unknown types and a 21st endpoint are told apart, and nothing is stored', async () => {
  const body = { name: 'x', url: webhooks.receiver.url('/x'), event_types: ['task.failed'] };
  for (const url of ['http://10.0.0.1/hook', 'ftp://example.com/x', `${webhooks.atelier.origin}/v1/models`]) {
    expect(await webhooks.caller.call('POST', '/webhook_endpoints', { ...body, url })).toMatchObject({
      status: 400,
      body: { error: { code: 'invalid_url', param: 'url' } },
    });
  }
  expect(
    await webhooks.caller.call('POST', '/webhook_endpoints', { ...body, event_types: ['task.failed', 'eval.run.failed'] }),
  ).toMatchObject({
    status: 400,
    body: { error: { param: 'event_types[1]', message: expect.stringContaining('webhook_event_types') } },
  });
  expect((await webhooks.caller.call('GET', '/webhook_endpoints')).body.data).toEqual([]);

  const answers = await Promise.all(Array.from({ length: 24 }, () => webhooks.caller.call('POST', '/webhook_endpoints', body)));
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(20);
  expect(answers.find(({ status }) => status !== 200)).toMatchObject({ status: 409, body: { error: { code: 'conflict' } } });
  for (const { body: made } of answers) if (made.id !== undefined) webhooks.atelier.watchSecret(made.signing_secret);
});

test("another team's endpoints and deliveries are not there, and its events are told to nobody else", async () => {
  const mine = await webhooks.anEndpoint('/mine', ['task.*']);
  const { rival } = webhooks;
  await rival.submit(textTask(webhooks.receiver.url('/rival-own')));
  await webhooks.arrivals('/rival-own', 1);
  await webhooks.caller.submit(textTask(webhooks.receiver.url('/own')));
  await webhooks.arrivals('/mine', 1);
  const [{ id: delivery }] = await webhooks.log(mine.id, ({ status }) => status === 'delivered');

  expect((await rival.call('GET', '/webhook_endpoints')).body.data).toEqual([]);
  const paths: readonly (readonly [string, string, object?])[] = [
    ['GET', ''],
    ['POST', '', { name: 'taken' }],
    ['DELETE', ''],
    ['POST', '/rotate_secret'],
    ['POST', '/test', { event_type: 'task.failed' }],
    ['POST', '/redeliver', { since: '2026-01-01T00:00:00Z' }],
    ['GET', '/deliveries'],
    ['GET', `/deliveries/${delivery}`],
    ['POST', `/deliveries/${delivery}/redeliver`],
  ];
  for (const [method, path, body] of paths) {
    expect(await rival.call(method, `/webhook_endpoints/${mine.id}${path}`, body)).toMatchObject({ status: 404 });
  }
  expect(await rival.call('GET', `/webhook_endpoints?after=${mine.id}`)).toMatchObject({ status: 404 });
  expect(await callerOf(webhooks.atelier, webhooks.atelier.adminKey).call('GET', `/webhook_endpoints/${mine.id}`)).toMatchObject({
    status: 200,
  });
  expect(webhooks.receiver.at('/mine')).toHaveLength(1);
});

test('after a rotation both secrets verify, and an old one that is not kept verifies no more', async () => {
  const { id, signing_secret: before } = await webhooks.anEndpoint('/rotated', ['task.*']);
  const { body: rotated } = await webhooks.caller.call('POST', `/webhook_endpoints/${id}/rotate_secret`, {
    keep_old_secret_active_for_24_hours: true,
  });
  webhooks.atelier.watchSecret(rotated.signing_secret);
  await webhooks.caller.submit(textTask(webhooks.receiver.url('/rotated-own')));
  const [both] = await webhooks.arrivals('/rotated', 1);

  expect(rotated.old_secret_expires_at - Date.now() / 1_000).toBeGreaterThan(86_300);
  expect(String(both!.headers['webhook-signature']).split(' ')).toHaveLength(2);
  expect(await webhooks.unwrap(both, before)).toEqual(await webhooks.unwrap(both, rotated.signing_secret));

  const { body: again } = await webhooks.caller.call('POST', `/webhook_endpoints/${id}/rotate_secret`, {
    keep_old_secret_active_for_24_hours: false,
  });
  webhooks.atelier.watchSecret(again.signing_secret);
  await webhooks.caller.submit(textTask(webhooks.receiver.url('/rotated-own')));
  const [, one] = await webhooks.arrivals('/rotated', 2);
  expect(again).toMatchObject({ old_secret_expires_at: null, signing_secret_hint: `${again.signing_secret.slice(0, 10)}...` });
  expect(await webhooks.unwrap(one, again.signing_secret)).toMatchObject({ sequence: 2 });
  for (const old of [before, rotated.signing_secret]) await expect(webhooks.unwrap(one, old)).rejects.toThrow();
});

test('a test event is sent at once, signed, and counts for nothing', async () => {
  const { id, signing_secret: secret } = await webhooks.anEndpoint('/tested', ['task.failed']);
  webhooks.receiver.answer('/tested', [200, 503]);
  const well = await webhooks.caller.call('POST', `/webhook_endpoints/${id}/test`, { event_type: 'batch.completed' });
  const bad = await webhooks.caller.call('POST', `/webhook_endpoints/${id}/test`, { event_type: 'task.succeeded' });
  const [thin, ours] = await webhooks.arrivals('/tested', 2);
  await webhooks.caller.call('POST', `/webhook_endpoints/${id}`, { url: 'http://127.0.0.1:1/closed' });
  const silent = await webhooks.caller.call('POST', `/webhook_endpoints/${id}/test`, { event_type: 'task.succeeded' });

  expect(well).toMatchObject({
    status: 200,
    body: { object: 'webhook_endpoint.test', webhook_endpoint_id: id, event_type: 'batch.completed', status_code: 200, success: true },
  });
  expect(bad.body).toMatchObject({ status_code: 503, response_excerpt: 'no: 503' });
  expect(Object.keys(await webhooks.unwrap(thin, secret))).toEqual(['id', 'object', 'type', 'created_at', 'data']);
  expect(await webhooks.unwrap(ours, secret)).toMatchObject({ type: 'task.succeeded', test: true });
  expect(silent).toMatchObject({
    status: 400,
    body: { error: { code: 'input_fetch_failed', message: expect.stringContaining('did not answer') } },
  });
  expect((await webhooks.caller.call('GET', `/webhook_endpoints/${id}/deliveries`)).body.data).toEqual([]);
  expect((await webhooks.caller.call('GET', `/webhook_endpoints/${id}`)).body.failing_since).toBeNull();
});

test('callbacks of requests that failed since a time are delivered again together', async () => {
  webhooks.receiver.answer('/lost', [410, 410, 200]);
  const since = new Date().toISOString();
  const ids = [
    await webhooks.caller.submit(textTask(webhooks.receiver.url('/lost'))),
    await webhooks.caller.submit(textTask(webhooks.receiver.url('/lost'))),
  ];
  for (const taskId of ids) await webhooks.caller.callback(taskId, ({ status }) => status === 'failed');

  const again = await webhooks.caller.call('POST', '/callbacks/redeliver', { status: 'failed', since });
  for (const taskId of ids) await webhooks.caller.callback(taskId, ({ status }) => status === 'delivered');

  expect(again).toMatchObject({ status: 202, body: { object: 'callback.redelivery', redelivered: 2, has_more: false } });
  expect(await webhooks.caller.call('POST', '/callbacks/redeliver', { since: 'yesterday' })).toMatchObject({
    status: 400,
    body: { error: { param: 'since' } },
  });
});

test('the command line manages endpoints, shows deliveries and repeats them', async () => {
  const run = (...args: string[]) =>
    cli(['webhooks', ...args], { env: { ATELIER_BASE_URL: webhooks.atelier.baseUrl, ATELIER_KEY: webhooks.atelier.keys.production } });
  webhooks.receiver.answer('/cli', [200, 410, 200]);
  const made = await run('create', webhooks.receiver.url('/cli'), '--name', 'shop', '--event', 'task.*', '--json');
  const { id, signing_secret: secret } = made.json();
  webhooks.atelier.watchSecret(secret);
  const tested = await run('test', id);
  await webhooks.caller.submit(textTask(webhooks.receiver.url('/cli-own')));
  await webhooks.disabled(id);
  const listed = await run('list');
  const deliveries = await run('deliveries', id, '--status', 'failed');
  const one = await run('deliveries', id, /whd_[0-9a-f]{32}/.exec(deliveries.stdout)?.[0] ?? '');
  const updated = await run('update', id, '--enable', '--json');
  const again = await run('redeliver', id, '--failed-since', '2026-01-01T00:00:00Z');
  await webhooks.arrivals('/cli', 3);
  const rotated = await run('rotate', id, '--json');
  webhooks.atelier.watchSecret(rotated.json().signing_secret);
  const shown = await run('show', id);
  const deleted = await run('delete', id);
  const unknown = await run('show', id, '--json');
  const unnamed = await run('redeliver', id);

  expect([made.code, tested.code, tested.stdout]).toEqual([0, 0, expect.stringContaining('answered with 200')]);
  expect(listed.stdout).toMatch(new RegExp(`${id}\\s+shop\\s+disabled: it answered 410\\s+task\\.\\*`));
  expect(deliveries.stdout).toMatch(/whd_[0-9a-f]{32}\s+task\.succeeded\s+task_[0-9a-f]{32}\s+failed\s+1\s+410/);
  expect(one.stdout).toMatch(/Z\s+410\s+\d+\s+no: 410/);
  expect(one.stdout).toMatch(/webhook-sequence: 1\n[^]*"type":"task\.succeeded"/);
  expect(updated.json()).toMatchObject({ enabled: true });
  expect(again.stdout).toContain('1 are on their way');
  expect(shown.stdout).toMatch(/old secret\s+signs too until/);
  expect(shown.stdout).not.toContain(rotated.json().signing_secret);
  expect([deleted.code, unknown.code, unknown.json().error.code, unnamed.code]).toEqual([0, 1, 'not_found', 1]);
});
