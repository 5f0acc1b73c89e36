import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { callApi } from '../support/call';
import { eventually } from '../support/eventually';
import { useInstallation } from './support/installation';
import { cli, startCli, useFolder } from './support/run-cli';

const installation = useInstallation();
const folder = useFolder();

const member = (...args: string[]) => cli(args, { env: installation.member });
const operate = (...args: string[]) => cli(args, { env: installation.operator });
const chat = (model: string, headers: Readonly<Record<string, string>> = {}) =>
  callApi(`${installation.atelier.baseUrl}/chat/completions`, 'POST', {
    key: installation.atelier.keys.production,
    headers,
    body: { model, messages: [{ role: 'user', content: 'hello' }] },
  });

test('calls are listed with filters, for the own team and by the admin key for any', async () => {
  await chat('words');
  await chat('no-such-model');

  const own = await member('logs', '--json');
  expect(own.json().data.map(({ model, http_status }: any) => [model, http_status])).toEqual([
    ['no-such-model', 404],
    ['words', 200],
  ]);
  const failed = await member('logs', '--status', 'failed');
  expect(failed).toMatchObject({ code: 0, stderr: '' });
  expect(failed.stdout).toMatch(/^TIME +STATUS .*\n.* 404 +chat\.completions +no-such-model .* model_not_found +call_[0-9a-f]{32}\n$/);
  expect((await operate('logs', '--team', 'sample', '--model', 'words', '--json')).json().data).toHaveLength(1);
  expect((await operate('logs', '--team', 'nobody', '--json')).json().data).toEqual([]);
  expect((await member('logs', '--credential-name', 'production', '--endpoint', 'tasks')).stdout).toBe('No calls.\n');
});

test('the log is saved as a CSV file', async () => {
  const file = join(folder.path, 'calls.csv');
  const { code, stderr } = await member('logs', '--error-code', 'model_not_found', '--csv', file);
  expect({ code, stderr }).toEqual({ code: 0, stderr: `The log is in ${file}.\n` });
  const [head, ...rows] = readFileSync(file, 'utf8').trimEnd().split('\r\n');
  expect(head).toMatch(/^id,at,request_id,/);
  expect(rows).toHaveLength(1);
});

test('calls are followed as they end, until Ctrl-C', async () => {
  const following = startCli(['logs', '--follow', '--model', 'image', '--json'], { env: installation.member });
  let told = '';
  following.child.stdout!.on('data', (text: string) => (told += text));
  // It tells of what is asked from its start on, which takes it a moment.
  const submitted: string[] = [];
  const isTold = (id: string): boolean => told.includes(id);
  await eventually(
    async () => {
      const { code, json } = await member('tasks', 'submit', '--model', 'image', '--prompt', 'A red fox.', '--wait', '--json');
      if (code === 0) submitted.push(json().id);
      return submitted.some(isTold);
    },
    { withinMs: 90_000 },
  );
  following.child.kill('SIGINT');
  await following.result;
  const first = submitted.find(isTold)!;
  expect(told.split('\n').filter((line) => line.includes(first))).toHaveLength(1);
}, 120_000);

test('items of a campaign are in the log without a request, and cost what their tasks cost', async () => {
  const answer = await callApi(`${installation.atelier.baseUrl}/campaigns`, 'POST', {
    key: installation.atelier.keys.production,
    body: { name: 'c', defaults: { type: 'image', model: 'image' }, items: [{ key: 'a', input: { prompt: 'hi' } }] },
  });
  const id: string = answer.body.id;
  const [item] = await eventually(
    async () => {
      const { data } = (await member('logs', '--q', id, '--json')).json();
      return data.length === 1 ? data : undefined;
    },
    { withinMs: 40_000, everyMs: 500 },
  );
  expect(item).toMatchObject({
    endpoint: 'campaigns',
    campaign_id: id,
    request_id: null,
    http_status: null,
    status: 'succeeded',
    cost_usd: '0.02',
  });
});

test('a request is looked up by its id, with or without a run, and its call is in the bundle of its task', async () => {
  const served = await chat('words');
  const refused = await chat('no-such-model');
  const look = async (id: string | null) => (await operate('lookup', id!, '--json')).json().data;

  const taskId = served.headers.get('x-atelier-run-id');
  const [found] = await look(served.headers.get('x-request-id'));
  expect(found).toMatchObject({
    matched: 'request',
    task_id: taskId,
    model: 'words',
    links: { call: expect.stringContaining('/admin/v1/logs?q=call_') },
  });
  const [none] = await look(refused.headers.get('x-request-id'));
  expect(none).toMatchObject({ matched: 'request', task_id: null, links: { call: expect.stringContaining('/admin/v1/logs?q=call_') } });

  const bundle = await callApi(`${installation.atelier.origin}/admin/v1/tasks/${taskId}/bundle`, 'GET', {
    key: installation.atelier.adminKey,
  });
  expect(bundle.body.calls).toMatchObject([
    { request_id: served.headers.get('x-request-id'), task_id: taskId, cost_usd: expect.any(String) },
  ]);
});

test('a call is shown, with what was asked and answered where its team keeps it', async () => {
  const { atelier, operator } = installation;
  const admin = { key: atelier.adminKey };
  const made = await callApi(`${atelier.origin}/admin/v1/teams`, 'POST', {
    ...admin,
    body: { name: 'kept', log_bodies: { retention_days: 1 } },
  });
  expect(made.body.log_bodies).toEqual({ retention_days: 1, max_bytes: 262_144, sample: 1 });
  const { body: credential } = await callApi(`${atelier.origin}/admin/v1/keys`, 'POST', {
    ...admin,
    body: { team: 'kept', name: 'k', class: 'test' },
  });
  atelier.watchSecret(credential.key);
  const body = { model: 'words', messages: [{ role: 'user', content: 'hello there' }] };
  const answer = await callApi(`${atelier.baseUrl}/chat/completions`, 'POST', { key: credential.key, body });
  const requestId = answer.headers.get('x-request-id')!;

  const shown = await eventually(
    async () => {
      const { json } = await cli(['logs', 'show', requestId, '--json'], { env: { ...operator, ATELIER_KEY: credential.key } });
      return json().bodies === 'kept' ? json() : undefined;
    },
    { withinMs: 20_000 },
  );
  expect(shown).toMatchObject({ id: requestId.replace('req_', 'call_'), team: 'kept', model: 'words' });
  const bodies = await operate('logs', 'show', shown.id, '--bodies', '--json');
  expect(bodies.json()).toMatchObject({ object: 'call.bodies', request: { body }, response: { status: 200, body: answer.body } });
  const text = (await operate('logs', 'show', shown.id, '--bodies')).stdout;
  expect(text).toMatch(
    /^Request \(application\/json\)\n\{\n  "model": "words",.*hello there.*\nResponse \(HTTP 200, application\/json; charset=utf-8\)\n/s,
  );

  const none = await operate('logs', 'show', (await chat('words')).headers.get('x-request-id')!, '--bodies');
  expect([none.code, none.stderr]).toEqual([1, expect.stringContaining('log_bodies')]);
});
