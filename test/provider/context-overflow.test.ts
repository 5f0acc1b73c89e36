import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { OVERFLOW_QUIRKS } from '../../adapters/providers/shared/context-overflow';
import { startFakeProvider, type FakeProvider } from '../support/fake-provider';
import { chatCall, embeddingCall, failureOf, openaiAt } from './calls';

interface Recorded {
  readonly source: string;
  readonly status: number;
  readonly body: unknown;
}

const { overflows, others } = JSON.parse(
  readFileSync(join(__dirname, '../../adapters/providers/shared/recorded/context-overflow.json'), 'utf8'),
) as { overflows: (Recorded & { server: string })[]; others: (Recorded & { what: string; expected: string })[] };

let fake: FakeProvider;
beforeAll(async () => {
  fake = await startFakeProvider();
});
afterEach(() => fake.reset());
afterAll(() => fake.close());

async function codesOf({ status, body }: Recorded): Promise<string[]> {
  fake.script('m', [{ exactly: { status, pieces: [JSON.stringify(body)] } }]);
  const { text } = openaiAt(fake.baseUrl);
  const failures = [
    await failureOf(text.chat(chatCall('Hi'))),
    await failureOf(text.chat(chatCall('Hi', { onChunk: () => undefined }))),
    await failureOf(text.embed(embeddingCall('Hi'))),
  ];
  return failures.map((failure) => failure.code);
}

test.each(overflows.map((recorded) => [recorded.server, recorded] as const))(
  'an overflow is known by the answer of %s',
  async (_server, recorded) => {
    expect(await codesOf(recorded)).toEqual(Array(3).fill('context_length_exceeded'));
  },
);

test.each(others.map((recorded) => [recorded.what, recorded] as const))('%s is no overflow', async (_what, recorded) => {
  expect(await codesOf(recorded)).toEqual(Array(3).fill(recorded.expected));
});

test('an overflow told in a stream that had not begun is known too', async () => {
  for (const error of [
    { message: 'prompt is too long: 207791 tokens > 200000 maximum', type: 'invalid_request_error' },
    { message: 'It is too long.', code: 'context_length_exceeded' },
    { message: 'the request exceeds the available context size', type: 'exceed_context_size_error', code: 400 },
  ]) {
    const pieces = [`data: ${JSON.stringify({ error })}\n\n`];
    fake.script('m', [{ exactly: { headers: { 'content-type': 'text/event-stream' }, pieces } }]);

    const failure = await failureOf(openaiAt(fake.baseUrl).text.chat(chatCall('Hi', { onChunk: () => undefined })));

    expect([failure.code, failure.facts.providerMessage]).toEqual(['context_length_exceeded', error.message]);
  }
});

test('every quirk is there for a recorded answer', () => {
  const answers = overflows.map(({ body }) => JSON.stringify(body));
  const unrecorded = OVERFLOW_QUIRKS.filter(({ pattern }) => !answers.some((answer) => pattern.test(answer)));

  expect(unrecorded).toEqual([]);
  expect([...overflows, ...others].filter(({ source }) => source === '')).toEqual([]);
});

test('the words of an overflow come along without our key', async () => {
  const message = 'prompt is too long: 9 tokens > 1 maximum; your key is sk-test-0123456789abcdef';
  fake.script('m', [{ exactly: { status: 400, pieces: [JSON.stringify([{ error: { message } }])] } }]);

  const failure = await failureOf(openaiAt(fake.baseUrl).text.chat(chatCall('Hi')));

  expect(failure.code).toBe('context_length_exceeded');
  expect(JSON.stringify([failure.message, failure.facts])).not.toContain('sk-test');
});
