import { Client as Postgres } from 'pg';
import { Client, Connection } from '@temporalio/client';
import { eventually } from '../support/eventually';
import { temporalAddress } from '../support/stack';
import { KEYS, startHouse, type House } from './support/house';

let house: House;
let temporal: Client;
let postgres: Postgres;
const closers: (() => Promise<unknown>)[] = [];

const SECRET = 'a-word-that-nobody-else-may-read';
let texts: any[];
let text: any;
let image: any;
let refused: string;

beforeAll(async () => {
  house = await startHouse();
  closers.push(() => house.stop());
  const connection = await Connection.connect({ address: temporalAddress() });
  closers.push(() => connection.close());
  temporal = new Client({ connection });
  postgres = new Postgres({ connectionString: house.atelier.databaseUrl });
  await postgres.connect();
  closers.push(() => postgres.end());

  house.first.script('*', [{ status: 500, message: SECRET }]);
  house.second.script('*', [{ status: 500, message: SECRET }]);
  [image, ...texts] = await Promise.all([
    house.made({ type: 'image', model: 'image', input: { prompt: SECRET } }),
    ...[1, 2, 3].map(() => house.made({ type: 'text', model: 'text', input: { prompt: SECRET } })),
  ]);
  text = texts[0];
  const { body } = await house.call('POST', '/v1/tasks', {
    key: KEYS.poor,
    body: { type: 'image', model: 'image', input: { prompt: 'x' } },
  });
  refused = body.error.code === 'insufficient_quota' ? (await house.call('GET', '/v1/tasks?status=failed')).body.data[0].id : '';
}, 120_000);
afterAll(async () => {
  for (const close of closers.reverse()) await close();
}, 60_000);

/** Resolves when the history of a task is in the archive. */
async function archived(taskId: string): Promise<void> {
  await eventually(async () => (await postgres.query('select 1 from histories where task_id = $1 and complete', [taskId])).rowCount === 1, {
    withinMs: 60_000,
    everyMs: 200,
  });
}

/** Gives the installation a Temporal that knows nothing: a namespace of its own. */
async function startWithEmptyTemporal(): Promise<void> {
  const namespace = `empty-${house.atelier.queuePrefix.replace(/-$/, '')}`;
  await temporal.workflowService.registerNamespace({ namespace, workflowExecutionRetentionPeriod: { seconds: 86_400 } as never });
  await eventually(() => temporal.workflowService.listOpenWorkflowExecutions({ namespace }).then(() => true), {
    withinMs: 30_000,
    everyMs: 200,
  });
  await Promise.all([house.atelier.kill('api', 'SIGTERM'), house.atelier.kill('worker', 'SIGTERM')]);
  house.atelier.env['TEMPORAL_NAMESPACE'] = namespace;
  await Promise.all([house.atelier.restart('worker'), house.atelier.restart('api')]);
}

test('the timeline tells steps, attempts and decisions, and nothing of what was asked for', async () => {
  const { code, out, json } = await house.cli('runs', 'history', image.id, '--json');
  const history = json();
  const types = history.events.map((event: any) => event.type);
  const times = history.events.map((event: any) => Date.parse(event.at));
  const readable = await house.cli('runs', 'history', text.id);

  expect(code).toBe(0);
  expect(history).toMatchObject({ task_id: image.id, workflow_id: image.id, workflow_type: 'generateMedia', source: 'temporal' });
  expect(types).toEqual(
    expect.arrayContaining([
      'task.admitted',
      'run.started',
      'decision',
      'attempt.started',
      'attempt.failed',
      'step.failed',
      'task.failed',
      'run.completed',
    ]),
  );
  expect(times).toEqual([...times].sort((left, right) => left - right));
  expect(history.events.find((event: any) => event.type === 'decision').summary).toContain('first (up-image), second (up-image)');
  // In codes and values, for whoever tells it in another language.
  expect(history.events.map((event: any) => event.id)).toEqual(history.events.map((_event: any, index: number) => String(index + 1)));
  expect(history.events.find((event: any) => event.type === 'attempt.failed')).toMatchObject({
    code: 'attempt.failed',
    params: { n: 1, provider: 'first', model: 'up-image', error_code: expect.any(String) },
    duration_ms: expect.any(Number),
  });
  expect(history.events.find((event: any) => event.type === 'decision')).toMatchObject({
    code: 'decision.routes',
    params: { routes: 'first (up-image), second (up-image)' },
    duration_ms: null,
  });
  expect(out).not.toContain(SECRET);
  expect(readable.out).toMatch(/attempt 2: calls second \(up-text\)/);
  expect(readable.out).not.toContain(SECRET);
}, 60_000);

test('after Temporal was started with an empty database, failed runs are shown and replayed from the archive', async () => {
  await Promise.all([image, ...texts].map(({ id }) => archived(id)));
  await startWithEmptyTemporal();

  for (const task of [text, image]) {
    const shown = await house.cli('runs', 'history', task.id, '--json');
    const replayed = await house.cli('runs', 'replay-history', task.id, '--json');
    expect(shown.json()).toMatchObject({ task_id: task.id, source: 'archive' });
    expect(shown.json().events.length).toBeGreaterThan(5);
    expect([replayed.code, replayed.json()]).toEqual([
      0,
      { ok: true, checked: 1, results: [{ task_id: task.id, workflow_type: shown.json().workflow_type, ok: true, error: null }] },
    ]);
  }
  const all = await house.cli('runs', 'replay-history', '--all-failed', '--json');
  expect(all.code).toBe(0);
  expect(all.json()).toMatchObject({ ok: true, checked: 4 });
  expect(
    all
      .json()
      .results.map((result: any) => result.task_id)
      .sort(),
  ).toEqual([image, ...texts].map(({ id }) => id).sort());
}, 120_000);

test('a history that the code cannot repeat is named, and the exit code says so', async () => {
  const key = async (taskId: string) =>
    (await postgres.query('select key from histories where task_id = $1', [taskId])).rows[0].key as string;
  const set = (taskId: string, value: string) => postgres.query('update histories set key = $1 where task_id = $2', [value, taskId]);
  const right = await key(image.id);
  const broken = `histories/${image.id}/broken.json`;
  const { history } = (await house.call('GET', `/v1/tasks/${image.id}/history?format=temporal`)).body;
  // As if an earlier version had named the step otherwise.
  await house.putObject(broken, JSON.stringify(history).replaceAll('"submitJob"', '"placeOrder"'));
  await set(image.id, broken);
  const one = await house.cli('runs', 'replay-history', image.id);
  const all = await house.cli('runs', 'replay-history', '--all-failed', '--json');
  await set(image.id, right);

  expect(one.code).toBe(1);
  expect(one.out).toContain(`${image.id} (generateMedia)`);
  expect([all.code, all.json().ok, all.json().checked]).toEqual([1, false, 4]);
  expect(all.json().results.find((result: any) => result.task_id === image.id)).toMatchObject({
    ok: false,
    error: expect.stringMatching(/nondeterminism/i),
  });
  expect(all.json().results.find((result: any) => result.task_id === text.id)).toMatchObject({ ok: true });
}, 60_000);

test('a task that was refused for its quota never had a history, which is said', async () => {
  const shown = await house.cli('runs', 'history', refused, '--json');
  const replayed = await house.cli('runs', 'replay-history', refused, '--json');

  expect([shown.code, replayed.code]).toEqual([1, 1]);
  expect(shown.json().error).toMatchObject({ code: 'not_found', message: expect.stringMatching(/quota.*no workflow was ever started/) });
}, 60_000);

test('an unknown task is an error, and the histories of others do not exist', async () => {
  const unknown = await house.cli('runs', 'replay-history', 'task_00000000000000000000000000000000', '--json');
  const foreign = await house.call('GET', `/v1/tasks/${image.id}/history`, { key: KEYS.other });
  const failed = await house.call('GET', '/v1/runs/failed', { key: KEYS.other });

  expect(unknown.code).toBe(1);
  expect(unknown.json().error.code).toBe('not_found');
  expect([foreign.status, foreign.body.error.code]).toEqual([404, 'not_found']);
  expect(failed.body).toEqual({ object: 'list', data: [], last_id: null, has_more: false });
}, 60_000);

test('the admin key sees the runs of every team, also without any failed one', async () => {
  const own = await house.call('GET', '/v1/runs/failed?limit=1', { key: house.atelier.adminKey });
  const rest = await house.call('GET', `/v1/runs/failed?after=${own.body.last_id as string}`, { key: house.atelier.adminKey });

  expect(own.body).toMatchObject({ has_more: true, data: [{}] });
  expect(rest.body.data).toHaveLength(3);
}, 60_000);
