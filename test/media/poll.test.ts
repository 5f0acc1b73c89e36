import { useConnections } from '../db/support';
import { startFakeProvider, type FakeProvider, type Step } from '../support/fake-provider';
import { useDatabase } from '../support/stack';
import { aMediaWorker, anAcceptedVideo as anAcceptedVideoAt } from './support/a-job';

const connections = useConnections(useDatabase(), ['own']);
let fake: FakeProvider;
beforeAll(async () => {
  fake = await startFakeProvider({ pollAfterMs: null });
});
afterEach(() => fake.reset());
afterAll(() => fake.close());

const warnings: unknown[] = [];
const faults: unknown[] = [];
const aWorker = (isConfigured = true, baseUrl = fake.baseUrl) =>
  aMediaWorker(connections.own, isConfigured ? baseUrl : null, { warnings, faults });
const anAcceptedVideo = (step: Step) => anAcceptedVideoAt(connections.own, fake, step);

const look = (taskId: string, sinceMs = Date.now()) => aWorker().pollJob({ taskId, n: 1, sinceMs });
const attemptOf = async (taskId: string) => (await connections.own.tasks.get(taskId, null))?.attempts[0];
const looks = () => fake.counts.calls.get('GET /v1/videos/{id}') ?? 0;

test('a look that finds its provider dead is repeated, and counts for its breaker', async () => {
  const taskId = await anAcceptedVideo({});

  const dead = aWorker(true, 'http://127.0.0.1:9/v1').pollJob({ taskId, n: 1, sinceMs: Date.now() });

  await expect(dead).rejects.toMatchObject({ type: 'not_yet' });
  expect(faults).toEqual([['fake', 'm', 'provider_unavailable']]);
});

/** Shapes of an error: the fields beside the status, and what the attempt says of it. */
const SHAPES: readonly (readonly [
  what: string,
  fields: Readonly<Record<string, unknown>>,
  code: string,
  words: readonly [string | null, string | null],
])[] = [
  ['server_error', { error: { code: 'server_error', message: 'Oh.' } }, 'provider_unavailable', ['server_error', 'Oh.']],
  ['internal_error', { error: { code: 'internal_error', message: 'Oh.' } }, 'provider_unavailable', ['internal_error', 'Oh.']],
  ['timeout', { error: { code: 'timeout', message: 'Oh.' } }, 'provider_unavailable', ['timeout', 'Oh.']],
  ['a numeric code', { error: { code: 1301, message: 'Oh.' } }, 'provider_unavailable', ['1301', 'Oh.']],
  ['a status as code', { error: { code: 503, message: 'Oh.' } }, 'provider_unavailable', ['503', 'Oh.']],
  ['a status as text', { error: { code: '429', message: 'Oh.' } }, 'rate_limited', ['429', 'Oh.']],
  ['a type alone', { error: { type: 'server_error', message: 'Oh.' } }, 'provider_unavailable', ['server_error', 'Oh.']],
  ['an error in an error', { error: { error: { code: 'server_error', message: 'Oh.' } } }, 'provider_unavailable', ['server_error', 'Oh.']],
  ['a list of errors', { error: null, errors: [{ code: 'oom', message: 'Oh.' }] }, 'provider_unavailable', ['oom', 'Oh.']],
  [
    'moderation',
    { error: { code: 'content_policy_violation', message: 'No.' } },
    'content_policy_violation',
    ['content_policy_violation', 'No.'],
  ],
  [
    'moderation in other words',
    { error: { code: 'SAFETY.INPUT.TEXT', message: 'No.' } },
    'content_policy_violation',
    ['SAFETY.INPUT.TEXT', 'No.'],
  ],
  [
    'moderation in camel case',
    { error: { code: 'OutputVideoSensitiveContentDetected', message: 'No.' } },
    'content_policy_violation',
    ['OutputVideoSensitiveContentDetected', 'No.'],
  ],
  ['an empty account', { error: { code: 'insufficient_quota', message: 'Pay.' } }, 'provider_auth', ['insufficient_quota', 'Pay.']],
  ['a rate limit', { error: { code: 'RATE_LIMIT_EXCEEDED', message: 'Slow.' } }, 'rate_limited', ['RATE_LIMIT_EXCEEDED', 'Slow.']],
  ['a wrong input', { error: { code: 'invalid_seconds', message: 'No.' } }, 'provider_rejected', ['invalid_seconds', 'No.']],
  ['words instead of an object', { error: 'The GPU is on fire.' }, 'provider_unavailable', [null, 'The GPU is on fire.']],
  [
    'a code instead of an object',
    { error: 'content_policy_violation' },
    'content_policy_violation',
    ['content_policy_violation', 'content_policy_violation'],
  ],
  ['fields beside the status', { error: null, error_code: 'oom', fail_reason: 'Oh.' }, 'provider_unavailable', ['oom', 'Oh.']],
  ['an object without anything', { error: {} }, 'provider_unavailable', [null, null]],
  ['no error object', { error: undefined }, 'provider_unavailable', [null, null]],
  ['an error of null', { error: null }, 'provider_unavailable', [null, null]],
];

const FAILED = ['failed', 'FAILED', 'Failed', 'failure', 'error', 'ERROR'];
const TOLD = ['cancelled', 'CANCELED', 'expired', 'rejected', 'timed-out', 'Content Moderated'];

/** Words that say why, for errors that don't. */
const REASONS = new Map([
  ['rejected', 'provider_rejected'],
  ['content_moderated', 'content_policy_violation'],
]);

test.each(SHAPES)(
  'a job that failed with %s ends its attempt at the first look, with the words of the provider',
  async (_what, fields, code, [own, message]) => {
    for (const status of [...FAILED, ...TOLD]) {
      fake.reset();
      const taskId = await anAcceptedVideo({ job: { status, ...fields } });

      const outcome = await look(taskId);

      const word = status.toLowerCase().replace(/[ -]/, '_');
      const expected = code === 'provider_unavailable' ? (REASONS.get(word) ?? code) : code;
      expect([status, outcome, looks()]).toEqual([status, { state: 'failed', code: expected }, 1]);
      expect(await attemptOf(taskId)).toMatchObject({
        outcome: word.startsWith('cancel') ? 'cancelled' : 'failed',
        errorCode: expected,
        costMicroUsd: 0n,
        error: { providerCode: own ?? (FAILED.includes(status) ? null : word), providerMessage: message },
      });
    }
  },
);

test.each(['completed', 'COMPLETED', 'SUCCESS', 'succeeded', 'Done', 'finished'])('a job that is %s is delivered', async (status) => {
  const taskId = await anAcceptedVideo({ job: { status } });

  expect(await look(taskId)).toEqual({ state: 'delivered' });
  expect(await attemptOf(taskId)).toMatchObject({ outcome: 'succeeded' });
});

test.each(['queued', 'PENDING', 'Processing', 'in progress', 'RUNNING', 'IN_QUEUE'])('a job that is %s is waited for', async (status) => {
  const taskId = await anAcceptedVideo({ job: { status } });

  await expect(look(taskId)).rejects.toMatchObject({ type: 'not_yet' });
  expect(await attemptOf(taskId)).toMatchObject({ outcome: 'accepted', error: null });
});

test('a status that is not known is logged once, waited for, and told in the attempt', async () => {
  const taskIds = [await anAcceptedVideo({ job: { status: 'MARINATING' } }), await anAcceptedVideo({ job: { status: 'MARINATING' } })];
  const worker = aWorker();
  warnings.length = 0;

  for (const taskId of [...taskIds, ...taskIds])
    await expect(worker.pollJob({ taskId, n: 1, sinceMs: Date.now() })).rejects.toMatchObject({ type: 'not_yet' });

  expect(warnings).toEqual([{ provider: 'fake', status: 'MARINATING' }]);
  for (const taskId of taskIds)
    expect(await attemptOf(taskId)).toMatchObject({ outcome: 'accepted', errorCode: null, error: { providerCode: 'MARINATING' } });
});

test('a job that is not found just after its creation is looked for again, and given up as unknown after 30 s', async () => {
  const taskId = await anAcceptedVideo({ jobLost: true });

  await expect(look(taskId, Date.now() - 25_000)).rejects.toMatchObject({ type: 'not_yet' });
  expect(await attemptOf(taskId)).toMatchObject({ outcome: 'accepted' });
  expect(await look(taskId, Date.now() - 31_000)).toEqual({ state: 'failed', code: 'outcome_unknown' });
  expect(await attemptOf(taskId)).toMatchObject({ outcome: 'unknown', errorCode: 'outcome_unknown' });
});

test('trouble with asking says nothing about the job', async () => {
  const taskId = await anAcceptedVideo({ job: { status: undefined, id: undefined, error: { code: 'server_error', message: 'Busy.' } } });

  await expect(look(taskId)).rejects.toMatchObject({ type: 'not_yet' });
  expect(await attemptOf(taskId)).toMatchObject({ outcome: 'accepted' });
});

test('a job whose provider left the configuration is given up after a while', async () => {
  const taskId = await anAcceptedVideo({});

  await expect(aWorker(false).pollJob({ taskId, n: 1, sinceMs: Date.now() })).rejects.toMatchObject({ type: 'not_yet' });
  expect(await aWorker(false).pollJob({ taskId, n: 1, sinceMs: Date.now() - 31_000 })).toEqual({
    state: 'failed',
    code: 'outcome_unknown',
  });
});

test('a cancel whose signal was lost is found by the next look', async () => {
  const taskId = await anAcceptedVideo({ job: { status: 'running' } });
  await connections.own.tasks.requestCancel(taskId);

  expect(await look(taskId)).toEqual({ state: 'cancel_requested' });
});
