import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { startReceiver, type Receiver } from '../callbacks/support/receiver';
import { startBalanceServer, type BalanceServer } from '../support/balance-server';
import { callApi, type Answer } from '../support/call';
import { eventually } from '../support/eventually';
import { startAtelier, type TestAtelier } from '../support/stack';
import { metricsOf, missingOf, samplesOf } from './support/metric-names';

const DEPLOY = join(__dirname, '../../deploy');
const PROMPT = 'A word that only the prompt has: zirconium.';

let atelier: TestAtelier;
let receiver: Receiver;
let balances: BalanceServer;
let video: { readonly id: string; readonly requestId: string };

const call = (method: string, path: string, body?: unknown): Promise<Answer> =>
  callApi(`${atelier.baseUrl}${path}`, method, { key: atelier.keys.production, ...(body === undefined ? {} : { body }) });

beforeAll(async () => {
  // Each step of a video in a workflow of its own; the line of a first attempt in the api is looked for in media-lane.
  atelier = await startAtelier({ env: { ATELIER_OPTIMISTIC: 'false' } });
  balances = await startBalanceServer();
  balances.answer('/user/balance', { is_available: true, balance_infos: [{ currency: 'CNY', total_balance: '110.00' }] });
  await callApi(`${atelier.origin}/admin/v1/providers`, 'POST', {
    key: atelier.adminKey,
    body: { name: 'deep', kind: 'openai', base_url: `${balances.origin}/v1`, balance_api: 'deepseek', api_key: 'sk-deep-0123456789abcdef' },
  });
  receiver = await startReceiver(atelier.callbackSecret);
  const made = await call('POST', '/tasks', {
    type: 'video',
    model: 'sandbox-video',
    input: { prompt: PROMPT },
    callback_url: receiver.url('/video'),
  });
  video = { id: made.body.id, requestId: made.headers.get('x-request-id')! };
  await call('POST', '/chat/completions', { model: 'sandbox-text', stream: true, messages: [{ role: 'user', content: PROMPT }] });
  await call('POST', '/campaigns', {
    name: 'two',
    defaults: { type: 'image', model: 'sandbox-image' },
    items: [
      { key: 'a', input: { prompt: PROMPT } },
      { key: 'b', input: { prompt: PROMPT } },
    ],
  });
  await eventually(() => receiver.at('/video')[0], { withinMs: 60_000 });
}, 150_000);
afterAll(async () => {
  await receiver.shut();
  await balances.close();
  await atelier.stop();
}, 60_000);

const scrape = async (url: string, key: string | null = null): Promise<string> => (await callApi(url, 'GET', { key })).text;
const everything = async (): Promise<readonly string[]> =>
  Promise.all([
    ...atelier.apiOrigins.map((origin) => scrape(`${origin}/metrics`, atelier.adminKey)),
    ...atelier.workerOrigins.map((origin) => scrape(`${origin}/metrics`)),
  ]);

const linesOf = (role: 'api' | 'worker'): readonly any[] =>
  atelier
    .log(role)
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));

test('the lines of one video are found by its id in the logs of api and worker, with the ids of request, workflow and run, and no prompt', async () => {
  const [api, worker] = [linesOf('api'), linesOf('worker')].map((lines) => lines.filter(({ task_id }) => task_id === video.id));

  expect(api).toContainEqual(
    expect.objectContaining({
      name: 'api',
      msg: 'a request was answered',
      request_id: video.requestId,
      method: 'POST',
      route: '/v1/tasks',
      status: 202,
      duration_ms: expect.any(Number),
    }),
  );
  const steps = worker!.filter(({ msg }) => msg === 'a step ended');
  expect(steps.map(({ activity }) => activity)).toEqual(expect.arrayContaining(['submitJob', 'storeAssets']));
  for (const step of steps) {
    expect(step).toMatchObject({
      name: 'worker',
      request_id: video.requestId,
      run_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      attempt: expect.any(Number),
    });
  }
  expect(steps.filter(({ activity }) => activity === 'submitJob')).toEqual([
    expect.objectContaining({ workflow_id: video.id, outcome: 'completed' }),
  ]);
  // The delivery is of another workflow, whose event is about the task.
  const delivered = await eventually(
    () => linesOf('worker').find(({ task_id, event_id }) => task_id === video.id && event_id !== undefined),
    {
      withinMs: 10_000,
    },
  );
  expect(delivered).toMatchObject({ workflow_id: expect.stringMatching(/^evt_/), request_id: video.requestId, outcome: 'completed' });
  expect(atelier.log('api') + atelier.log('worker')).not.toContain('zirconium');
});

test('every metric that the dashboard and the rules name is told by api or worker, and a wrong name is found', async () => {
  const dashboard = JSON.parse(readFileSync(join(DEPLOY, 'grafana/atelier.json'), 'utf8'));
  const rules = parse(readFileSync(join(DEPLOY, 'prometheus/atelier.rules.yml'), 'utf8'));
  const asked: string[] = [
    ...dashboard.panels.flatMap(({ targets = [] }: any) => targets.map(({ expr }: any) => expr)),
    ...rules.groups.flatMap(({ rules: all }: any) => all.map(({ expr }: any) => expr)),
  ];
  const names = [...new Set(asked.flatMap(metricsOf))];
  expect(asked.filter((expression) => metricsOf(expression).length === 0)).toEqual([]);

  await eventually(async () => missingOf(names, await everything()).length === 0, { withinMs: 30_000, everyMs: 500 }).catch(
    () => undefined,
  );
  const told = await everything();

  expect(missingOf(names, told)).toEqual([]);
  // The other way round: nothing of ours is told that nobody looks at.
  const ours = [...new Set(told.flatMap((text) => [...samplesOf(text).keys()]))].filter((name) => name.startsWith('atelier_'));
  const families = ours.map((name) => name.replace(/_(sum|count)$/, '_bucket'));
  expect([...new Set(families)].filter((name) => !names.includes(name)).sort()).toEqual(['atelier_build_info']);
  expect(missingOf([...names, ...metricsOf('sum(rate(atelier_http_request_total[5m]))')], told)).toEqual(['atelier_http_request_total']);
}, 60_000);

test('the dashboard can be imported: each panel asks the data source that is chosen, and none lies over another', () => {
  const { panels, templating, uid } = JSON.parse(readFileSync(join(DEPLOY, 'grafana/atelier.json'), 'utf8'));

  expect(uid).toBe('atelier-overview');
  expect(templating.list).toEqual([expect.objectContaining({ name: 'datasource', type: 'datasource', query: 'prometheus' })]);
  const sources = panels
    .filter(({ type }: any) => type !== 'row')
    .flatMap((one: any) => [one.datasource, ...one.targets.map((target: any) => target.datasource)]);
  expect(new Set(sources.map(({ uid: source }: any) => source))).toEqual(new Set(['${datasource}']));
  expect(new Set(panels.map(({ id }: any) => id)).size).toBe(panels.length);
  const cells = panels.flatMap(({ gridPos: { x, y, w, h } }: { gridPos: Record<'x' | 'y' | 'w' | 'h', number> }) =>
    Array.from({ length: w * h }, (_, n) => `${x + (n % w)},${y + Math.floor(n / w)}`),
  );
  expect(new Set(cells).size).toBe(cells.length);
});

const hasPromtool = spawnSync('promtool', ['--version']).status === 0;

(hasPromtool ? test : test.skip)('promtool accepts the rules (left out where there is no promtool)', () => {
  const { status, stdout, stderr } = spawnSync('promtool', ['check', 'rules', join(DEPLOY, 'prometheus/atelier.rules.yml')], {
    encoding: 'utf8',
  });
  expect(`${stdout}${stderr}`).toMatch(/SUCCESS: \d+ rules found/);
  expect(status).toBe(0);
});

test('without the admin key the metrics of an api name no provider and no money; a worker tells all on a port of its own', async () => {
  const [open, all] = [await scrape(`${atelier.origin}/metrics`), await scrape(`${atelier.origin}/metrics`, atelier.adminKey)];
  const [worker] = await Promise.all(atelier.workerOrigins.map((origin) => scrape(`${origin}/metrics`)));

  expect(open).toMatch(/atelier_http_requests_total\{/);
  expect(open.replaceAll(/route="[^"]*"/g, '')).not.toMatch(/provider|usd|sandbox"/);
  expect(all).toMatch(/atelier_spend_today_usd 0/);
  expect(all).toMatch(/atelier_breakers_open\{provider="sandbox"\} 0/);
  expect(await scrape(`${atelier.origin}/metrics`, atelier.keys.production)).not.toMatch(/spend/);
  expect(worker).toMatch(/atelier_provider_calls_total\{provider="sandbox",outcome="succeeded"\} \d/);
  expect(worker).toMatch(/atelier_temporal_slots\{queue="media",type="activity"\} 40/);
  expect((await callApi(`${atelier.workerOrigins[0]!}/other`, 'GET')).status).toBe(404);
});
