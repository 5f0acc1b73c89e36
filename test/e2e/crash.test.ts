import { Client, Connection } from '@temporalio/client';
import { type FakeProvider, startFakeProvider } from '../support/fake-provider';
import { eventually } from '../support/eventually';
import { type PartName, startInstallation, type TestInstallation } from '../support/installation';
import { createCalls, type Calls } from './support/calls';
import { LOAD_KINDS, startLoad } from './support/load';
import { describeRateCrash } from './support/rate-crash';
import { describeUsedOnce } from './support/used-once';

let fake: FakeProvider;
let installation: TestInstallation;
let calls: Calls;
let stopLoad = (): Promise<void> => Promise.resolve();
const undo: (() => Promise<void>)[] = [];

beforeAll(async () => {
  fake = await startFakeProvider();
  undo.push(() => fake.close());
  installation = await startInstallation({
    config: `providers:
  - { name: fake, kind: openai, base_url: "${fake.baseUrl}", max_concurrency: 64 }
models:
  - { name: text, modality: text, price: { input_per_1m_usd: "1", output_per_1m_usd: "2" }, routes: [{ provider: fake, model: fake-text }] }
  - { name: image, modality: image, price: { per_image_usd: "0.01" }, routes: [{ provider: fake, model: fake-image }] }
  - { name: video, modality: video, price: { per_second_usd: "0.1" }, routes: [{ provider: fake, model: fake-video }] }
`,
  });
  undo.push(() => installation.stop());
  calls = createCalls(installation.origin, installation.keys.production, installation.adminKey);
}, 180_000);

beforeEach(() => {
  fake.reset();
  Object.assign(fake.behaviour, { thinkMs: 0, tokenMs: 0, tokens: 12, videoMs: 0 });
});

afterEach(() => stopLoad());

afterAll(async () => {
  for (const close of undo.reverse()) await close();
}, 90_000);

const MINUTE_MS = 60_000;
/** TIMEOUT_TYPE_SCHEDULE_TO_START of Temporal's API. */
const SCHEDULE_TO_START = 2;
const prompts = (what: string): string[] => Array.from({ length: 20 }, (_, index) => `${what} ${index}`);

async function createVideo(prompt: string): Promise<string> {
  const { status, body } = await calls.call('POST', '/v1/videos', { body: { model: 'video', prompt, seconds: '4' } });
  expect(status).toBe(200);
  return body.id;
}

/** Every task of the team has ended, no reservation is open, and the books add up; within a minute. */
async function allIsSettled(): Promise<any[]> {
  const tasks: any[] = await eventually(
    async () => {
      const all = await calls.tasks();
      return all.some(({ finished_at }) => finished_at === null) ? undefined : all;
    },
    { withinMs: MINUTE_MS, everyMs: 250 },
  );
  expect(await calls.ledger()).toMatchObject({ ok: true, open_reservations: 0, problems: [] });
  for (const { cost } of tasks) expect(cost.reserved).toBe('0');
  return tasks;
}

/** How long steps of a task's workflow waited for a process that had it in its cache and did not come, in milliseconds. */
async function waitsForDeadWorkers(id: string): Promise<number[]> {
  const connection = await Connection.connect({ address: installation.temporalAddress });
  try {
    const { events } = await new Client({ connection }).workflow.getHandle(id).fetchHistory();
    const timeOf = (event: { eventTime?: { seconds?: unknown; nanos?: number | null } | null } | undefined): number =>
      Number(event?.eventTime?.seconds) * 1_000 + (event?.eventTime?.nanos ?? 0) / 1e6;
    return (events ?? []).flatMap((event) => {
      const { timeoutType, scheduledEventId } = event.workflowTaskTimedOutEventAttributes ?? {};
      if (Number(timeoutType) !== SCHEDULE_TO_START) return [];
      return [timeOf(event) - timeOf(events?.find(({ eventId }) => Number(eventId) === Number(scheduledEventId)))];
    });
  } finally {
    await connection.close();
  }
}

test('the worker is killed while twenty videos are polled: all succeed, each bought once', async () => {
  fake.behaviour.videoMs = 4_000;
  const wanted = prompts('polled');
  const ids = await Promise.all(wanted.map(createVideo));
  await eventually(() => fake.counts.createsByPrompt.size === 20 && (fake.counts.calls.get('GET /v1/videos/{id}') ?? 0) >= 20, {
    withinMs: 30_000,
  });

  await installation.isBack('worker', installation.kill('worker'));

  const tasks = await Promise.all(ids.map((id) => calls.ended(id, MINUTE_MS)));
  for (const task of tasks) {
    expect(task).toMatchObject({ status: 'succeeded', cost: { actual: '0.4' } });
    expect(task.routing.attempts).toHaveLength(1);
  }
  expect([...fake.counts.createsByPrompt.values()]).toEqual(wanted.map(() => 1));
  // Each step that was meant for the dead process went to the next one soon: by default it would have waited 10 s, for each worker that died.
  for (const waitedMs of (await Promise.all(ids.map(waitsForDeadWorkers))).flat()) expect(waitedMs).toBeLessThan(5_000);
  await allIsSettled();
}, 150_000);

test('the worker is killed while it buys twenty videos: every one ends, none is bought twice', async () => {
  fake.behaviour.thinkMs = 500;
  const wanted = prompts('bought');
  const ids = await Promise.all(wanted.map(createVideo));
  await eventually(() => (fake.counts.calls.get('POST /v1/videos') ?? 0) >= 5, { withinMs: 30_000, everyMs: 5 });

  await installation.isBack('worker', installation.kill('worker'));

  const tasks = await Promise.all(ids.map((id) => calls.ended(id, MINUTE_MS)));
  const unknown = tasks.filter(({ status }) => status !== 'succeeded');
  // Those whose answer was lost with the worker are said to be unknown, and cost the team nothing.
  expect(unknown.length).toBeGreaterThan(0);
  for (const task of unknown) expect(task).toMatchObject({ status: 'failed', error: { code: 'outcome_unknown' }, cost: { actual: '0' } });
  expect(Math.max(...fake.counts.createsByPrompt.values())).toBe(1);
  for (const { status, input } of tasks) {
    if (status === 'succeeded') expect(fake.counts.createsByPrompt.get(input.prompt)).toBe(1);
  }
  await allIsSettled();
}, 150_000);

test('the api is killed during twenty streams: every run ends, and none is called again', async () => {
  Object.assign(fake.behaviour, { tokens: 100, tokenMs: 100 });
  const begun = new Set<string>();
  const streams = prompts('streamed').map(async (content) => {
    const stream = await calls.client().chat.completions.create({ model: 'text', messages: [{ role: 'user', content }], stream: true });
    for await (const chunk of stream) begun.add(chunk.id);
  });
  const broken = Promise.allSettled(streams);
  await eventually(() => begun.size === 20, { withinMs: 20_000 });

  await installation.isBack('api', installation.kill('api'));

  expect((await broken).map(({ status }) => status)).toEqual(streams.map(() => 'rejected'));
  const tasks = await Promise.all([...begun].map((id) => calls.ended(id, MINUTE_MS)));
  for (const task of tasks) {
    expect(task).toMatchObject({ status: 'failed', error: { code: 'outcome_unknown' } });
    expect(task.routing.attempts).toMatchObject([{ outcome: 'unknown' }]);
  }
  expect(fake.counts.creates).toBe(20);
  await allIsSettled();
}, 150_000);

test.each<[PartName]>([['temporal'], ['postgres'], ['weed']])(
  '%s is killed under a mixed load: it comes back by itself, every run ends, no video is bought twice',
  async (part) => {
    fake.behaviour.videoMs = 1_000;
    const load = startLoad(calls);
    stopLoad = () => load.stop();
    await eventually(() => LOAD_KINDS.every((kind) => load.succeeded(kind, 0) >= 3), { withinMs: 40_000 });

    const killedAt = performance.now();
    await installation.isBack(part, installation.kill(part));
    const backAt = performance.now();
    await eventually(() => LOAD_KINDS.every((kind) => load.succeeded(kind, backAt) >= 3), { withinMs: 40_000 });
    await load.stop();

    // Chats do not wait for the server of workflows.
    const meanwhile = load.sent.filter(({ kind, beganAt, endedAt }) => kind === 'chat' && beganAt > killedAt && endedAt < backAt);
    if (part === 'temporal') expect(meanwhile.filter(({ isWhole }) => isWhole).length).toBeGreaterThan(0);
    const videos = (await allIsSettled()).filter(({ type }) => type === 'video');
    const tasks = await Promise.all(videos.map(({ id }) => calls.task(id)));
    const asked = tasks.filter(({ input }) => String(input.prompt).startsWith('video '));
    const bought = load.sent.filter(({ kind }) => kind === 'video').map(({ prompt }) => fake.counts.createsByPrompt.get(prompt) ?? 0);
    expect(Math.max(...bought)).toBe(1);
    for (const { status, input, error } of asked.filter(({ input: { prompt } }) => fake.counts.createsByPrompt.has(prompt))) {
      expect({ prompt: input.prompt, status, code: error?.code ?? null }).toEqual({
        prompt: input.prompt,
        status: 'succeeded',
        code: null,
      });
    }
  },
  180_000,
);

test('a worker that stands still for longer than Temporal waits keeps the images it was buying, each bought once', async () => {
  fake.behaviour.thinkMs = 22_000;
  const wanted = prompts('bought while standing').slice(0, 5);
  const ids = await Promise.all(
    wanted.map(async (prompt): Promise<string> => {
      const { body } = await calls.call('POST', '/v1/tasks', { body: { type: 'image', model: 'image', input: { prompt } } });
      return body.id;
    }),
  );
  // Asked for, not answered yet: the fake counts a purchase when it has thought.
  await eventually(() => fake.counts.calls.get('POST /v1/images/generations') === 5, { withinMs: 15_000 });
  const connection = await Connection.connect({ address: installation.temporalAddress });
  const { workflow } = new Client({ connection });
  const triesOf = async (id: string) => (await workflow.getHandle(id).describe()).raw.pendingActivities?.[0]?.attempt ?? 0;

  for (const pid of installation.pids('worker')) process.kill(pid, 'SIGSTOP');
  try {
    await eventually(async () => (await Promise.all(ids.map(triesOf))).every((tries) => tries > 1), { withinMs: MINUTE_MS, everyMs: 250 });
  } finally {
    for (const pid of installation.pids('worker')) process.kill(pid, 'SIGCONT');
    await connection.close();
  }

  const tasks = await Promise.all(ids.map((id) => calls.ended(id, MINUTE_MS)));
  expect(tasks.map(({ status, routing }) => [status, routing.attempts.length])).toEqual(wanted.map(() => ['succeeded', 1]));
  expect([...fake.counts.createsByPrompt.values()]).toEqual(wanted.map(() => 1));
  await allIsSettled();
}, 150_000);

describeRateCrash(() => ({ calls, installation, fake }));
describeUsedOnce(() => ({ calls, installation }));
