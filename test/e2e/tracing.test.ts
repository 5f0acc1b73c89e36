import { startReceiver, type Receiver } from '../callbacks/support/receiver';
import { callApi, type Answer } from '../support/call';
import { eventually } from '../support/eventually';
import { startAtelier, type TestAtelier } from '../support/stack';
import { startOtlpReceiver, type OtlpReceiver, type SentSpan } from './support/otlp-receiver';

const TRACE_ID = '4bf92f3577b34da6a3ce929d0e0e4736';
const PARENT_ID = '00f067aa0ba902b7';
const PROMPT = 'A word that only the prompt has: zirconium.';

let atelier: TestAtelier;
/** Where each step of a video is one of its own workflow. */
let stepwise: TestAtelier;
let receiver: Receiver;
let collector: OtlpReceiver;

beforeAll(async () => {
  collector = await startOtlpReceiver();
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_BSP_SCHEDULE_DELAY: '200' };
  atelier = await startAtelier({ env });
  stepwise = await startAtelier({ env: { ...env, ATELIER_OPTIMISTIC: 'false' } });
  receiver = await startReceiver(stepwise.callbackSecret);
}, 150_000);
afterAll(async () => {
  await receiver.shut();
  await stepwise.stop();
  await atelier.stop();
  await collector.close();
}, 60_000);

const call = (path: string, body: unknown, headers: Readonly<Record<string, string>> = {}, at = atelier): Promise<Answer> =>
  callApi(`${at.baseUrl}${path}`, 'POST', { key: at.keys.production, body, headers });
const inTrace = (traceId: string): readonly SentSpan[] => collector.spans.filter((span) => span.traceId === traceId);

/** The spans of a trace as a tree, by their names in the order of their beginnings. */
function treeOf(spans: readonly SentSpan[], parent: string, depth = 0): string {
  return spans
    .filter((span) => span.parent === parent)
    .sort((left, right) => left.startMs - right.startMs)
    .map(
      (span) =>
        `${'  '.repeat(depth)}${span.service} ${span.name}  ${Math.round(span.endMs - span.startMs)} ms\n${treeOf(spans, span.id, depth + 1)}`,
    )
    .join('');
}

test('a video is one trace from its request to its callback: workflow, steps, calls of the provider, delivery, each under what caused it', async () => {
  const made = await call(
    '/tasks',
    { type: 'video', model: 'sandbox-video', input: { prompt: PROMPT }, callback_url: receiver.url('/video') },
    { traceparent: `00-${TRACE_ID}-${PARENT_ID}-01` },
    stepwise,
  );
  expect(made.status).toBe(202);
  await eventually(() => receiver.at('/video')[0], { withinMs: 60_000 });
  await eventually(() => inTrace(TRACE_ID).some(({ name }) => name === 'RunWorkflow:deliverCallback'), { withinMs: 20_000 });
  const spans = inTrace(TRACE_ID);
  if (process.env['ATELIER_SHOW_TRACE'] !== undefined) process.stderr.write(treeOf(spans, PARENT_ID));

  const named = (name: string): SentSpan => spans.find((span) => span.name === name) ?? missing(name);
  function missing(name: string): never {
    throw new Error(`no span ${name} in\n${treeOf(spans, PARENT_ID)}`);
  }
  const pathOf = (span: SentSpan): readonly string[] => {
    const above = spans.find(({ id }) => id === span.parent);
    return above === undefined ? [span.parent ?? '', span.name] : [...pathOf(above), span.name];
  };
  const request = [PARENT_ID, 'POST /v1/tasks'];
  const run = [...request, 'StartWorkflow:generateMedia', 'RunWorkflow:generateMedia'];
  const step = (name: string): readonly string[] => [...run, `StartActivity:${name}`, `RunActivity:${name}`];
  expect(pathOf(named('submit sandbox'))).toEqual([...step('submitJob'), 'submit sandbox']);
  expect(pathOf(named('poll sandbox'))).toEqual([...step('pollJob'), 'poll sandbox']);
  expect(pathOf(named('RunActivity:storeAssets'))).toEqual(step('storeAssets'));
  expect(pathOf(named('POST callback')).slice(0, 6)).toEqual([
    ...request,
    'dispatch callback',
    'StartWorkflow:deliverCallback',
    'RunWorkflow:deliverCallback',
    expect.stringMatching(/^StartActivity:/),
  ]);
  // None hangs in the air.
  const ids = new Set([PARENT_ID, ...spans.map(({ id }) => id)]);
  expect(spans.filter(({ parent }) => parent === null || !ids.has(parent))).toEqual([]);

  expect(named('POST /v1/tasks')).toMatchObject({
    service: 'atelier-api',
    facts: {
      'http.route': '/v1/tasks',
      'http.response.status_code': '202',
      'atelier.task_id': made.body.id,
      'atelier.request_id': made.headers.get('x-request-id'),
      'gen_ai.request.model': 'sandbox-video',
    },
  });
  expect(named('submit sandbox')).toMatchObject({
    service: 'atelier-worker',
    facts: { 'atelier.provider': 'sandbox', 'atelier.task_id': made.body.id, 'gen_ai.request.model': 'sandbox-video' },
  });
}, 120_000);

test('of videos over one connection whose first attempts the api makes, each has its own trace and its own lines in the log', async () => {
  for (let n = 0; n < 3; n += 1) {
    const made = await call('/tasks', { type: 'video', model: 'sandbox-video', input: { prompt: PROMPT } });
    const request = await eventually(
      () => collector.spans.find(({ name, facts }) => name === 'POST /v1/tasks' && facts['atelier.task_id'] === made.body.id),
      { withinMs: 20_000 },
    );
    const named = (name: string) => eventually(() => inTrace(request.traceId).find((span) => span.name === name), { withinMs: 20_000 });
    const end = (): string | undefined =>
      atelier
        .log('api')
        .split('\n')
        .find((line) => line.includes('a first attempt ended') && line.includes(made.body.id));

    expect([await named('submit sandbox'), await named('poll sandbox')]).toMatchObject(
      [1, 2].map(() => ({ parent: request.id, service: 'atelier-api', facts: { 'atelier.task_id': made.body.id } })),
    );
    expect(JSON.parse(await eventually(end, { withinMs: 20_000 }))).toMatchObject({ request_id: made.headers.get('x-request-id') });
  }
}, 90_000);

test('a chat is one trace of its own, with the call of the provider under its request', async () => {
  const chat = await call('/chat/completions', { model: 'sandbox-text', messages: [{ role: 'user', content: PROMPT }] });
  expect(chat.status).toBe(200);
  const id = chat.headers.get('x-atelier-run-id');
  const request = await eventually(
    () => collector.spans.find(({ name, facts }) => name === 'POST /v1/chat/completions' && facts['atelier.task_id'] === id),
    { withinMs: 20_000 },
  );
  const provider = await eventually(() => inTrace(request.traceId).find(({ name }) => name === 'chat sandbox'), { withinMs: 20_000 });

  expect(request.parent).toBeNull();
  expect(provider.parent).toBe(request.id);
  expect(provider.facts).toMatchObject({ 'atelier.task_id': id, 'gen_ai.request.model': 'sandbox-text' });
}, 60_000);

test('what was asked for, keys and addresses with their paths are in no span', () => {
  const sent = collector.raw();
  expect(collector.spans.length).toBeGreaterThan(10);
  for (const secret of ['zirconium', atelier.keys.production, atelier.adminKey, '/video', atelier.callbackSecret])
    expect(sent.includes(secret)).toBe(false);
});
