import { Webhook } from 'standardwebhooks';
import { textTask } from '../callbacks/support/caller';
import { runSql } from '../callbacks/support/run-sql';
import { eventually } from '../support/eventually';
import { useWebhooks } from './support/installation';

const webhooks = useWebhooks();

test('an event goes to the callback_url and to each endpoint that subscribes, under one id, signed by the secret of each', async () => {
  const all = await webhooks.anEndpoint('/all', ['task.*', 'campaign.*']);
  const some = await webhooks.anEndpoint('/some', ['task.succeeded', 'campaign.completed']);
  await webhooks.anEndpoint('/none', ['task.failed']);

  const taskId = await webhooks.caller.submit(textTask(webhooks.receiver.url('/request')));
  const [request] = await webhooks.arrivals('/request', 1);
  const [first] = await webhooks.arrivals('/all', 1);
  const [other] = await webhooks.arrivals('/some', 1);
  const { body: campaign } = await webhooks.caller.call('POST', '/campaigns', {
    defaults: { type: 'text', model: 'sandbox-text' },
    items: [{ input: { prompt: 'one' } }, { input: { prompt: 'two' } }],
  });
  const [, second] = await webhooks.arrivals('/all', 2);

  const event = await webhooks.unwrap(first, all.signing_secret);
  expect(await webhooks.unwrap(other, some.signing_secret)).toEqual(event);
  await expect(webhooks.unwrap(first, some.signing_secret)).rejects.toThrow();
  const withoutLinks = ({ data, ...rest }: any) => ({ ...rest, data: { ...data, links: 0 } });
  expect(withoutLinks(event)).toEqual({ ...withoutLinks(request!.event), sequence: 1 });
  expect(event).toMatchObject({ id: request!.id, type: 'task.succeeded', data: { id: taskId, status: 'succeeded' } });
  expect([first!.headers['webhook-sequence'], request!.headers['webhook-sequence']]).toEqual(['1', undefined]);
  // Items tell nothing of their own; their campaign does.
  expect(await webhooks.unwrap(second, all.signing_secret)).toMatchObject({
    type: 'campaign.completed',
    sequence: 2,
    data: { id: campaign.id, counts: { succeeded: 2 } },
  });
  expect(webhooks.receiver.at('/none')).toEqual([]);
  expect((await webhooks.caller.call('GET', `/callbacks?task_id=${taskId}`)).body.data).toHaveLength(1);
  const [delivery] = await webhooks.log(some.id, ({ sequence, status }) => sequence === 2 && status === 'delivered');
  expect(delivery).toMatchObject({ type: 'campaign.completed', campaign_id: campaign.id, event_id: second!.id });
});

test("OpenAI's events of videos, background responses and batches are thin, and answers on an open connection tell nothing", async () => {
  const { signing_secret: secret } = await webhooks.anEndpoint('/thin', ['video.*', 'response.*', 'batch.*']);
  await webhooks.anEndpoint('/ours', ['task.*']);
  await webhooks.openai.chat.completions.create({ model: 'sandbox-text', messages: [{ role: 'user', content: 'hello' }] });
  await webhooks.openai.responses.create({ model: 'sandbox-text', input: 'hello' });
  const response = await webhooks.openai.responses.create({ model: 'sandbox-text', input: 'hello', background: true });
  await webhooks.arrivals('/thin', 1);
  const video = await webhooks.openai.videos.create({ model: 'sandbox-video', prompt: 'a kettle' });
  await webhooks.arrivals('/thin', 2);
  const file = await webhooks.openai.files.create({ file: new File(['not a line\n'], 'bad.jsonl'), purpose: 'batch' });
  const batch = await webhooks.openai.batches.create({
    input_file_id: file.id,
    endpoint: '/v1/chat/completions',
    completion_window: '24h',
  });
  const came = await webhooks.arrivals('/thin', 3);

  const events = await Promise.all(came.map((delivery) => webhooks.unwrap(delivery, secret)));
  const thin = (type: string, id: string) => ({
    id: expect.stringMatching(/^evt_[0-9a-f]{32}$/),
    object: 'event',
    created_at: expect.any(Number),
    type,
    data: { id },
  });
  expect(events).toEqual([thin('response.completed', response.id), thin('video.completed', video.id), thin('batch.failed', batch.id)]);
  expect(came.map(({ headers }) => headers['webhook-sequence'])).toEqual(['1', '2', '3']);
  expect((await webhooks.openai.videos.retrieve(events[1].data.id)).status).toBe('completed');
  const ours = await webhooks.arrivals('/ours', 2);
  expect(ours.map(({ event }) => event.data.id)).toEqual([response.id.replace('resp_', 'task_'), video.id]);
  // A receiver of both kinds knows them apart.
  expect(new Set([...ours, ...came].map(({ id }) => id)).size).toBe(5);
}, 90_000);

test('410 disables an endpoint at once and its team is told; enabled again, what failed is delivered', async () => {
  const watcher = await webhooks.anEndpoint('/watcher', ['webhook_endpoint.disabled']);
  const { id } = await webhooks.anEndpoint('/gone', ['task.*']);
  webhooks.receiver.answer('/gone', [410, 200]);
  const since = new Date().toISOString();
  await webhooks.caller.submit(textTask(webhooks.receiver.url('/gone-own')));

  const gone = await webhooks.disabled(id);
  const [told] = await webhooks.arrivals('/watcher', 1);
  const [failed] = await webhooks.log(id, ({ status }) => status === 'failed');
  await webhooks.caller.submit(textTask(webhooks.receiver.url('/gone-own')));
  await webhooks.arrivals('/gone-own', 2);
  const refused = await webhooks.caller.call('POST', `/webhook_endpoints/${id}/deliveries/${failed.id}/redeliver`);
  const enabled = await webhooks.caller.call('POST', `/webhook_endpoints/${id}`, { enabled: true });
  const again = await webhooks.caller.call('POST', `/webhook_endpoints/${id}/redeliver`, { since });
  const [, repeat] = await webhooks.arrivals('/gone', 2);

  expect(gone).toMatchObject({ disabled_reason: 'gone', disabled_at: expect.any(Number) });
  expect(await webhooks.unwrap(told, watcher.signing_secret)).toMatchObject({
    type: 'webhook_endpoint.disabled',
    data: { id, name: 'gone', disabled_reason: 'gone' },
  });
  expect(failed).toMatchObject({
    object: 'webhook_delivery',
    sequence: 1,
    next_attempt_at: null,
    attempts: [
      {
        status_code: 410,
        duration_ms: expect.any(Number),
        response_excerpt: 'no: 410',
        request: { headers: { 'webhook-id': failed.event_id, 'webhook-sequence': '1' }, bytes: expect.any(Number) },
      },
    ],
  });
  expect(failed.request_body).toBe(webhooks.receiver.at('/gone')[0]!.text);
  expect(JSON.stringify(failed)).not.toContain('webhook-signature');
  expect(refused).toMatchObject({ status: 409, body: { error: { code: 'conflict', message: expect.stringContaining('enabled') } } });
  expect(enabled.body).toMatchObject({ enabled: true, disabled_reason: null });
  expect(again).toMatchObject({ status: 202, body: { object: 'webhook_endpoint.redelivery', redelivered: 1, has_more: false } });
  expect(repeat!.id).toBe(failed.event_id);
});

test('an endpoint that has failed for three days is disabled, and one success in between keeps it', async () => {
  const failing = await webhooks.anEndpoint('/failing', ['task.*']);
  webhooks.receiver.answer('/failing', [500, 200, 500]);
  const age = (days: number) =>
    runSql(webhooks.atelier.databaseUrl, 'update webhook_endpoints set failing_since = now() - make_interval(days => $2) where id = $1', [
      failing.id,
      days,
    ]);
  await webhooks.caller.submit(textTask(webhooks.receiver.url('/failing-own')));
  await webhooks.log(failing.id, ({ attempts }) => attempts.length === 1);
  expect((await webhooks.caller.call('GET', `/webhook_endpoints/${failing.id}`)).body.failing_since).toEqual(expect.any(Number));
  await age(4);
  await webhooks.log(failing.id, ({ status }) => status === 'delivered');
  expect((await webhooks.caller.call('GET', `/webhook_endpoints/${failing.id}`)).body).toMatchObject({
    enabled: true,
    failing_since: null,
  });

  await webhooks.caller.submit(textTask(webhooks.receiver.url('/failing-own')));
  await webhooks.log(failing.id, ({ sequence, attempts }) => sequence === 2 && attempts.length > 0);
  await age(3);

  expect(await webhooks.disabled(failing.id)).toMatchObject({ disabled_reason: 'failing' });
  const [last, first] = await webhooks.log(failing.id, ({ status }) => status === 'failed');
  expect([last.status, last.next_attempt_at, first.status]).toEqual(['failed', null, 'delivered']);
});

test('an address that turns private is a failed attempt, and a new address gets what waits', async () => {
  const { id } = await webhooks.anEndpoint('/moves', ['task.*']);
  await runSql(webhooks.atelier.databaseUrl, 'update webhook_endpoints set url = $2 where id = $1', [id, 'http://10.0.0.1/moves']);
  await webhooks.caller.submit(textTask(webhooks.receiver.url('/moves-own')));
  const [blocked] = await webhooks.log(id, ({ attempts }) => attempts.length > 0);
  await webhooks.caller.call('POST', `/webhook_endpoints/${id}`, { url: webhooks.receiver.url('/moved-to') });
  const redelivered = await webhooks.caller.call('POST', `/webhook_endpoints/${id}/deliveries/${blocked.id}/redeliver`);
  const [came] = await webhooks.arrivals('/moved-to', 1);

  expect(blocked).toMatchObject({ status: 'pending', attempts: [{ status_code: null, error: expect.stringContaining('not public') }] });
  expect(redelivered).toMatchObject({ status: 202, body: { id: blocked.id, status: 'pending' } });
  expect(came!.id).toBe(blocked.event_id);
});

test('what a team is told by tell_team goes to the endpoints of the type or its family', async () => {
  const { signing_secret: secret } = await webhooks.anEndpoint('/told', ['budget.*']);
  const [team] = await runSql(webhooks.atelier.databaseUrl, 'select team_id from webhook_endpoints');
  const facts = { budget: 'team', period: 'monthly', percent: 80, limit_usd: '100', spent_usd: '81.5' };
  await runSql(webhooks.atelier.databaseUrl, 'select tell_team($1, $2, $3, $4)', [
    team.team_id,
    'budget.threshold',
    'team:2026-11:80',
    facts,
  ]);
  const [came] = await webhooks.arrivals('/told', 1);

  expect(await webhooks.unwrap(came, secret)).toMatchObject({
    type: 'budget.threshold',
    sequence: 1,
    timestamp: expect.any(String),
    data: facts,
  });
});

test('a worker killed between deliveries loses no event: each endpoint gets each under one id, numbered without gaps', async () => {
  const paths = ['/kill-1', '/kill-2', '/kill-3'];
  const endpoints: any[] = [];
  for (const path of paths) endpoints.push(await webhooks.anEndpoint(path, ['task.*']));
  for (const path of paths) webhooks.receiver.answer(path, [500, 200, 500, 200]);
  const ids: string[] = [];
  const submit = async (count: number) => {
    for (let n = 0; n < count; n += 1)
      ids.push(await webhooks.caller.submit({ type: 'text', model: 'sandbox-text', input: { prompt: `number ${n}` } }));
  };
  const came = () => paths.reduce((sum, path) => sum + webhooks.receiver.at(path).length, 0);

  await submit(10);
  await eventually(() => came() >= 3, { withinMs: 20_000, everyMs: 5 });
  await webhooks.atelier.kill('worker');
  await submit(10);
  await webhooks.atelier.restart('worker');
  await eventually(() => came() >= 40, { withinMs: 60_000, everyMs: 5 });
  await webhooks.atelier.kill('worker');
  await webhooks.atelier.restart('worker');
  await eventually(
    async () => {
      const [{ count }] = await runSql(
        webhooks.atelier.databaseUrl,
        "select count(*)::int as count from callbacks where status = 'delivered' and endpoint_id = any($1)",
        [endpoints.map(({ id }) => id)],
      );
      return count === 60;
    },
    { withinMs: 120_000, everyMs: 200 },
  );

  for (const [index, path] of paths.entries()) {
    const accepted = webhooks.receiver.at(path).filter(({ answered }) => answered === 200);
    const idOf = new Map(accepted.map(({ id, event }) => [event.data.id, id]));
    expect([...idOf.keys()].sort()).toEqual([...ids].sort());
    expect(new Set(webhooks.receiver.at(path).map(({ id }) => id)).size).toBe(20);
    const sequences = new Set(webhooks.receiver.at(path).map(({ headers }) => Number(headers['webhook-sequence'])));
    expect([...sequences].sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, n) => n + 1));
    for (const delivery of webhooks.receiver.at(path)) {
      expect(() =>
        new Webhook(endpoints[index].signing_secret).verify(delivery.text, delivery.headers as Record<string, string>),
      ).not.toThrow();
    }
  }
  process.stdout.write(`60 deliveries of 20 events to 3 endpoints took ${String(came())} attempts over two kills of the worker\n`);
}, 240_000);
