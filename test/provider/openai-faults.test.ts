import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { AppError } from '../../domain/errors';
import { eventsOf, startFakeProvider, type FakeProvider, type Step } from '../support/fake-provider';
import { chatCall, choice, collector, failureOf, mediaCall, openaiAt } from './calls';

const QUICK = { firstByteMs: 150, wholeFirstByteMs: 150, submitMs: 150, totalMs: 400 };

let fake: FakeProvider;
beforeAll(async () => {
  fake = await startFakeProvider();
});
afterEach(() => {
  fake.reset();
  fake.behaviour.tokenMs = 0;
});
afterAll(() => fake.close());

const chatFailure = (step: Step, stream = false): Promise<AppError> => {
  fake.script('m', [step]);
  const timeouts = step.hang === true ? QUICK : {};
  return failureOf(openaiAt(fake.baseUrl).text.chat(chatCall('Hello', { timeouts, ...(stream ? { onChunk: () => undefined } : {}) })));
};

test.each<[Step, string]>([
  [{ status: 400 }, 'provider_rejected'],
  [{ status: 422 }, 'provider_rejected'],
  [{ status: 400, code: 'moderation_blocked' }, 'content_policy_violation'],
  [{ status: 400, code: 'content_filter' }, 'content_policy_violation'],
  [{ status: 400, code: 'context_length_exceeded' }, 'context_length_exceeded'],
  [{ status: 401 }, 'provider_auth'],
  [{ status: 402 }, 'provider_auth'],
  [{ status: 403 }, 'provider_auth'],
  [{ status: 429, code: 'insufficient_quota' }, 'provider_auth'],
  [{ status: 404 }, 'provider_not_found'],
  [{ status: 408 }, 'provider_unavailable'],
  [{ status: 429 }, 'rate_limited'],
  [{ status: 500 }, 'provider_unavailable'],
  [{ status: 503 }, 'provider_unavailable'],
  [{ status: 302 }, 'provider_bad_response'],
  [{ badJson: true }, 'provider_bad_response'],
  [{ hang: true }, 'provider_timeout'],
  [{ cut: true }, 'provider_unavailable'],
])('a chat that meets %j fails as %s, streamed or not', async (step, code) => {
  const failures = [await chatFailure(step), await chatFailure(step, true)];

  expect(failures.map((failure) => failure.code)).toEqual([code, code]);
});

test.each([
  [2, 2_000],
  ['0', 0],
])('a Retry-After of %j seconds is handed on', async (retryAfter, expected) => {
  const failure = await chatFailure({ status: 429, retryAfter });

  expect(failure.facts.retryAfterMs).toBe(expected);
});

test('a Retry-After with a date is handed on as the time until then', async () => {
  const failure = await chatFailure({ status: 503, retryAfter: new Date(Date.now() + 30_000).toUTCString() });

  expect(failure.facts.retryAfterMs).toBeGreaterThan(25_000);
  expect(failure.facts.retryAfterMs).toBeLessThanOrEqual(30_000);
});

test('the words of the provider come along without our key', async () => {
  const failure = await chatFailure({
    status: 401,
    code: 'invalid_api_key',
    message: 'Bad key sk-test-0123456789abcdef, see sk-proj-ABCDEFGHIJKL.',
  });

  expect(failure.facts).toMatchObject({ providerCode: 'invalid_api_key', providerMessage: 'Bad key [redacted], see [redacted].' });
  expect(failure.message).not.toContain('sk-');
});

test.each([
  ['Bad key sk-ant-api03-AbCdEfGh1234.', 'Bad key [redacted].'],
  ['Incorrect API key provided: abcdef1234567890. Find yours.', 'Incorrect API key provided: [redacted] Find yours.'],
  ['{"api_key": "0123456789abcdef", "model": "m"}', '{"api_key": "[redacted]", "model": "m"}'],
  [
    'GET https://host/v1/models?key=AIzaSyA0123456789abcdefghijklmnop&alt=sse failed',
    'GET https://host/v1/models?key=[redacted]&alt=sse failed',
  ],
  ['Authorization: Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2ln refused', 'Authorization: [redacted] refused'],
  ['authorization: basic dXNlcjpwYXNzd29yZA== refused', 'authorization: [redacted] refused'],
  ['gsk_0123456789abcdef and xai-0123456789abcdef', '[redacted] and [redacted]'],
  ['key_not_found_here', 'key_not_found_here'],
  ['AWS key AKIAIOSFODNN7EXAMPLE is disabled', 'AWS key [redacted] is disabled'],
  ["Missing required key: 'temperature' in the body", "Missing required key: 'temperature' in the body"],
  [
    'The key of the object is too long; a basic task-force of tokens: 12345678',
    'The key of the object is too long; a basic task-force of tokens: 12345678',
  ],
])('of the words %j a reader sees %j', async (message, shown) => {
  const failure = await chatFailure({ status: 400, message });

  expect(failure.facts.providerMessage).toBe(shown);
  expect(failure.message.endsWith(shown)).toBe(true);
});

test.each<[Step, string]>([
  [{ cutAfterTokens: 3 }, 'provider_unavailable'],
  [{ endAfterTokens: 3 }, 'provider_unavailable'],
  [{ errorAfterTokens: 3 }, 'provider_unavailable'],
  [{ errorAfterTokens: 3, code: 'rate_limit_exceeded' }, 'rate_limited'],
])('a stream with %j delivers three tokens and then fails as %s', async (step, code) => {
  fake.script('m', [step]);
  const { chunks, onChunk } = collector();

  const failure = await failureOf(openaiAt(fake.baseUrl).text.chat(chatCall('Hello', { onChunk })));

  expect(failure.code).toBe(code);
  expect(chunks.flatMap((chunk) => chunk.choices).filter((choice) => choice.delta['content'] !== '')).toHaveLength(3);
});

describe('waiting for a stream', () => {
  const SHORT = { firstByteMs: 3_000, idleMs: 500, totalMs: 1_500 };
  const piece = (content: string) => ({ choices: [{ index: 0, delta: { content }, finish_reason: null }] });
  const stop = { choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] };
  const alive = ': keep-alive\n\n';

  async function outcomeOf(events: readonly unknown[], timeouts = SHORT): Promise<string> {
    fake.script('m', [{ exactly: eventsOf(events) }]);
    const call = chatCall('Hello', { timeouts, onChunk: () => undefined });
    return openaiAt(fake.baseUrl)
      .text.chat(call)
      .then(
        (answer) => choice(answer.choices).message.content,
        (error: unknown) => (error as AppError).code,
      );
  }
  const every = (ms: number, times: number, event: unknown): unknown[] => Array.from({ length: times }, () => [ms, event]).flat();

  test.each<[string, string, readonly unknown[]]>([
    ['goes on for longer than its whole time', 'a'.repeat(17), [...every(100, 17, piece('a')), stop]],
    ['keeps its connection alive before its first token', 'a', [...every(100, 7, alive), piece('a'), stop]],
    ['keeps its connection alive between two tokens', 'aa', [piece('a'), ...every(100, 7, alive), piece('a'), stop]],
    ['stops before its first token', 'provider_timeout', [alive, 2_000]],
    ['stops between two tokens', 'provider_timeout', [piece('a'), 2_000, stop]],
    ['only keeps its connection alive', 'provider_timeout', [piece('a'), ...every(100, 25, alive)]],
  ])('one that %s ends as %j', async (_what, outcome, events) => {
    expect(await outcomeOf(events)).toBe(outcome);
  });

  test("the time of a listener that reads slowly is not the provider's", async () => {
    fake.script('m', [{ exactly: eventsOf([piece('a'), piece('b'), stop]) }]);
    let reads = 0;
    const onChunk = () => (reads++ === 0 ? new Promise<void>((resolve) => setTimeout(resolve, 300)) : undefined);

    const answer = await openaiAt(fake.baseUrl).text.chat(chatCall('Hello', { timeouts: { ...SHORT, idleMs: 100 }, onChunk }));

    expect(choice(answer.choices).message.content).toBe('ab');
  });

  test('an answer that is not streamed has until its end for the first byte', async () => {
    fake.script('m', [{ thinkMs: 300 }]);
    const timeouts = { firstByteMs: 100, wholeFirstByteMs: 2_000, totalMs: 2_000 };
    const { text } = openaiAt(fake.baseUrl);

    const whole = await text.chat(chatCall('Hello', { timeouts }));
    const streamed = await failureOf(text.chat(chatCall('Hello', { timeouts, onChunk: () => undefined })));
    const late = await failureOf(text.chat(chatCall('Hello', { timeouts: { ...timeouts, totalMs: 150 } })));

    expect([whole.choices.length, streamed.code, late.code]).toEqual([1, 'provider_timeout', 'provider_timeout']);
  });
});

test('a listener that throws ends the call with its own error', async () => {
  const failure = await failureOf(
    openaiAt(fake.baseUrl).text.chat(
      chatCall('Hello', {
        onChunk: () => {
          throw new AppError('cancelled', 'The client went away.');
        },
      }),
    ),
  );

  expect(failure.message).toBe('The client went away.');
});

test('an aborted call throws the reason of its signal', async () => {
  fake.script('m', [{ hang: true }]);
  const abort = new AbortController();
  const pending = failureOf(openaiAt(fake.baseUrl).text.chat(chatCall('Hello', { signal: abort.signal })));
  abort.abort(new AppError('expired', 'Too late.'));

  const failure = await pending;
  const second = await failureOf(openaiAt(fake.baseUrl).text.chat(chatCall('Hello', { signal: AbortSignal.abort() })));

  expect([failure.code, second.code]).toEqual(['expired', 'cancelled']);
});

test.each(['image', 'video'] as const)('a paid %s call that was sent and not answered has an unknown outcome', async (kind) => {
  fake.script('m', [{ hang: true }, { cut: true }]);
  const { media } = openaiAt(fake.baseUrl);

  const failures = [
    await failureOf(media.submit(mediaCall(kind, 'A cat', { timeouts: QUICK }))),
    await failureOf(media.submit(mediaCall(kind, 'A cat', { timeouts: QUICK }))),
  ];

  expect(failures.map((failure) => failure.code)).toEqual(['outcome_unknown', 'outcome_unknown']);
  expect(fake.counts.createsByPrompt.get('A cat')).toBe(2);
});

test('a paid call that a gateway gave up has an unknown outcome, one that was refused has not', async () => {
  fake.script('m', [{ status: 504 }, { status: 500 }]);
  const { media } = openaiAt(fake.baseUrl);

  const failures = [await failureOf(media.submit(mediaCall('video', 'A cat'))), await failureOf(media.submit(mediaCall('video', 'A cat')))];

  expect(failures.map((failure) => failure.code)).toEqual(['outcome_unknown', 'provider_unavailable']);
});

test('a provider that cannot be reached is unavailable, also for paid calls', async () => {
  const port = await freePort();
  const { media, text } = openaiAt(`http://127.0.0.1:${port}/v1`);

  const failures = [
    await failureOf(media.submit(mediaCall('video', 'A cat'))),
    await failureOf(text.chat(chatCall('Hello'))),
    await failureOf(openaiAt('http://no-such-host.invalid/v1').media.submit(mediaCall('image', 'A cat'))),
  ];

  expect(failures.map((failure) => failure.code)).toEqual(Array(3).fill('provider_unavailable'));
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
