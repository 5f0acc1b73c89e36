import type OpenAI from 'openai';
import type { Step } from '../../support/fake-provider';
import { eventually } from '../../support/eventually';
import type { House } from './house';

const messages = [{ role: 'user' as const, content: 'Say hello.' }];
/** As the platform counts a text whose provider reported no usage. */
const INPUT_TOKENS = Math.ceil(JSON.stringify(messages).length / 4);
const ANSWER = 'word1 word2 word3 word4 word5 word6 word7 word8 word9 word10 word11 word12';
const TOOLS = [
  { type: 'function' as const, function: { name: 'weather', parameters: { type: 'object', properties: { city: { type: 'string' } } } } },
];

/** Ways in which a first provider fails before it said a word, and what the task says of it. */
const FAILURES: readonly (readonly [what: string, step: Step, code: string])[] = [
  ['answers 500', { status: 500 }, 'provider_unavailable'],
  ['answers 429 and asks for a minute', { status: 429, retryAfter: 60 }, 'rate_limited'],
  ['hangs', { hang: true }, 'provider_timeout'],
  ['cuts the connection', { cut: true }, 'provider_unavailable'],
];

/** Everything that a text generation promises; the same with and without the api process doing the first attempt early. */
export function describeText(house: House): void {
  async function streamed(
    model: string,
    signal?: AbortSignal,
  ): Promise<{ text: string; chunks: number; usage: OpenAI.CompletionUsage | null; error: unknown; id: string }> {
    const { data, response } = await house
      .client()
      .chat.completions.create(
        { model, messages, stream: true, stream_options: { include_usage: true } },
        signal === undefined ? {} : { signal },
      )
      .withResponse();
    const seen = {
      text: '',
      chunks: 0,
      usage: null as OpenAI.CompletionUsage | null,
      error: undefined as unknown,
      id: response.headers.get('x-atelier-run-id') ?? '',
    };
    try {
      for await (const chunk of data) {
        seen.text += chunk.choices[0]?.delta.content ?? '';
        seen.chunks += 1;
        seen.usage = chunk.usage ?? seen.usage;
      }
    } catch (error) {
      seen.error = error;
    }
    return seen;
  }

  async function booksAreClosed(): Promise<void> {
    await eventually(async () => (await house.ledger()).open_reservations === 0, { withinMs: 10_000 });
    expect(await house.ledger()).toMatchObject({ ok: true, problems: [] });
  }

  test('a chat is answered once, charged by what the provider counted, and closed in the books', async () => {
    const { data, response } = await house.client().chat.completions.create({ model: 'text', messages }).withResponse();

    const task = await house.ended(data.id);
    expect(data.choices[0]?.message.content).toBe(ANSWER);
    expect([response.headers.get('x-atelier-run-id'), response.headers.get('x-atelier-provider')]).toEqual([data.id, 'first']);
    expect(Number(task.cost.actual)).toBe((data.usage!.prompt_tokens + 2 * data.usage!.completion_tokens) / 1_000_000);
    expect(task).toMatchObject({ status: 'succeeded', progress: 1, text: ANSWER, cost: { reserved: '0' } });
    expect(task.routing.attempts).toMatchObject([{ n: 1, provider: 'first', outcome: 'succeeded' }]);
    expect([house.first.counts.creates, house.second.counts.creates]).toEqual([1, 0]);
    await booksAreClosed();
  });

  test('a stream brings the words one by one and the usage at its end', async () => {
    const seen = await streamed('text');

    expect(seen).toMatchObject({ text: ANSWER, error: undefined, usage: { completion_tokens: 12 } });
    expect(seen.chunks).toBeGreaterThan(12);
    expect(await house.ended(seen.id)).toMatchObject({ status: 'succeeded', text: ANSWER });
  });

  test('a tool is called and its result answered, whole and streamed', async () => {
    const { client } = house;
    const asked = await client().chat.completions.create({ model: 'text', messages, tools: TOOLS });
    const call = asked.choices[0]!.message.tool_calls![0]!;
    const answered = await client().chat.completions.create({
      model: 'text',
      messages: [...messages, asked.choices[0]!.message, { role: 'tool', tool_call_id: call.id, content: 'rain' }],
      tools: TOOLS,
    });
    const stream = client().chat.completions.stream({ model: 'text', messages, tools: TOOLS });
    const whole = await stream.finalChatCompletion();

    expect(asked.choices[0]).toMatchObject({ finish_reason: 'tool_calls', message: { tool_calls: [{ function: { name: 'weather' } }] } });
    expect(answered.choices[0]?.message.content).toBe(ANSWER);
    expect(whole.choices[0]!.message.tool_calls![0]).toMatchObject({ function: { name: 'weather', arguments: '{"city":"Oslo"}' } });
  });

  test('embeddings come back in order', async () => {
    const { data } = await house.client().embeddings.create({ model: 'text', input: ['one', 'three'] });

    expect(data.map(({ embedding }) => embedding[0])).toEqual([5, 7]);
  });

  test('a text task in the background is finished by its owner, past a provider that fails', async () => {
    house.first.script('fake-text', [{ status: 500 }]);

    const { body } = await house.call('POST', '/v1/tasks', {
      body: { type: 'text', model: 'text', input: { prompt: 'Say hello.' } },
      headers: { prefer: 'wait=30' },
    });

    expect(body).toMatchObject({
      status: 'succeeded',
      text: ANSWER,
      routing: { attempts: [{ provider: 'first' }, { provider: 'second' }] },
    });
  });

  test.each(FAILURES)('a first provider that %s is replaced by the second, for a whole chat', async (_what, step, code) => {
    house.first.script('fake-text', [step]);

    const { data, response } = await house.client().chat.completions.create({ model: 'text', messages }).withResponse();

    const task = await house.ended(data.id);
    expect(data.choices[0]?.message.content).toBe(ANSWER);
    expect(response.headers.get('x-atelier-provider')).toBe('second');
    expect(task.routing.attempts).toMatchObject([
      { n: 1, provider: 'first', model: 'fake-text', outcome: 'failed', error_code: code, cost: '0' },
      { n: 2, provider: 'second', model: 'fake-text-2', outcome: 'succeeded', error_code: null },
    ]);
    expect([house.first.counts.callsByModel.get('fake-text'), house.second.counts.creates]).toEqual([1, 1]);
  });

  test.each(FAILURES)('a first provider that %s is replaced by the second, for a stream that has not begun', async (_what, step, code) => {
    house.first.script('fake-text', [step]);

    const seen = await streamed('text');

    expect(seen).toMatchObject({ text: ANSWER, error: undefined });
    expect((await house.ended(seen.id)).routing.attempts).toMatchObject([
      { provider: 'first', outcome: 'failed', error_code: code },
      { provider: 'second', outcome: 'succeeded' },
    ]);
  });

  test('a stream that is cut before its first word is served by the second provider', async () => {
    house.first.script('fake-text', [{ cutAfterTokens: 0 }]);

    const seen = await streamed('text');

    expect(seen).toMatchObject({ text: ANSWER, error: undefined });
    expect((await house.ended(seen.id)).routing.attempts).toMatchObject([
      { outcome: 'failed' },
      { provider: 'second', outcome: 'succeeded' },
    ]);
  });

  test('a short trouble is waited out at the same provider', async () => {
    house.first.script('fake-text', [{ status: 500 }, { ok: true }]);

    const { id } = await house.client().chat.completions.create({ model: 'text-patient', messages });

    expect((await house.ended(id)).routing.attempts).toMatchObject([
      { n: 1, provider: 'first', outcome: 'failed', error_code: 'provider_unavailable' },
      { n: 2, provider: 'first', outcome: 'succeeded' },
    ]);
    expect(house.second.counts.creates).toBe(0);
  });

  test.each([
    ['cut', { cutAfterTokens: 3 }],
    ['ended by an error', { errorAfterTokens: 3 }],
    ['ended without its end', { endAfterTokens: 3 }],
  ] as const)('a stream %s after its first words ends in an error event and is charged for what was delivered', async (_what, step) => {
    house.first.script('fake-text', [step]);

    const seen = await streamed('text');

    const task = await house.ended(seen.id);
    expect(seen.text).toBe('word1 word2 word3');
    expect(seen.error).toMatchObject({ code: 'stream_interrupted' });
    expect(task).toMatchObject({ status: 'failed', error: { code: 'stream_interrupted' }, cost: { reserved: '0' } });
    // 17 bytes were delivered: five tokens at two micro-dollars each, and the whole input.
    expect(Number(task.cost.actual)).toBe((INPUT_TOKENS + 2 * 5) / 1_000_000);
    expect(task.routing.attempts).toMatchObject([{ n: 1, provider: 'first', outcome: 'failed' }]);
    expect(house.second.counts.creates).toBe(0);
    await booksAreClosed();
  });

  test.each([
    ['a request as wrong', { status: 400, code: 'invalid_value', message: 'No such voice.' }, 'provider_rejected'],
    ['a prompt by its content policy', { status: 400, code: 'content_policy_violation' }, 'content_policy_violation'],
  ] as const)('a provider that refuses %s is the last word: no fallback, nothing charged, no repeat', async (_what, step, code) => {
    house.first.script('fake-text', [step]);

    const failed = await house
      .client()
      .chat.completions.create({ model: 'text', messages })
      .catch((error: unknown) => error as InstanceType<typeof OpenAI.APIError>);

    expect(failed).toMatchObject({ status: 400, code });
    const headers = (failed as InstanceType<typeof OpenAI.APIError>).headers!;
    expect(headers.get('x-should-retry')).toBe('false');
    expect(await house.ended(headers.get('x-atelier-run-id')!)).toMatchObject({
      status: 'failed',
      error: { code },
      cost: { actual: '0', reserved: '0' },
    });
    expect([house.first.requests.length, house.second.requests.length]).toEqual([1, 0]);
    await booksAreClosed();
  });

  test('when every provider is down, the SDK asks once and is told that the service is', async () => {
    house.first.script('fake-text', [{ status: 503 }]);
    house.second.script('fake-text-2', [{ status: 503 }]);

    await expect(house.client().chat.completions.create({ model: 'text', messages })).rejects.toMatchObject({ status: 503 });

    expect([house.first.requests.length, house.second.requests.length]).toEqual([1, 1]);
    await booksAreClosed();
  });

  test.each([[true], [false]])(
    'a client that leaves closes the call of the provider; the task is cancelled and charged for what was delivered (stream: %s)',
    async (stream) => {
      house.first.behaviour.tokenMs = 100;
      if (!stream) house.first.script('fake-text', [{ hang: true }]);
      const leaving = new AbortController();
      const model = stream ? 'text' : 'text-patient';
      const before = new Set((await house.tasks(`&model=${model}`)).map(({ id }) => id));
      if (stream) {
        const chunks = await house.client().chat.completions.create({ model, messages, stream: true }, { signal: leaving.signal });
        for await (const chunk of chunks) if ((chunk.choices[0]?.delta.content ?? '') !== '') break;
      } else {
        const answer = house.client().chat.completions.create({ model, messages }, { signal: leaving.signal });
        const left = expect(answer).rejects.toThrow('aborted');
        await eventually(() => house.first.counts.creates === 1, { withinMs: 10_000 });
        leaving.abort();
        await left;
      }

      await eventually(() => house.first.counts.unfinished.get('fake-text') === 1, { withinMs: 10_000 });
      house.first.behaviour.tokenMs = 0;

      const made = await eventually(async () => (await house.tasks(`&model=${model}`)).find(({ id }) => !before.has(id)), {
        withinMs: 5_000,
      });
      const task = await house.ended(made.id);
      expect(task).toMatchObject({ status: 'cancelled', cost: { reserved: '0' } });
      const cost = Math.round(Number(task.cost.actual) * 1_000_000);
      // At least one word and not all of them; a call that had delivered nothing costs nothing.
      if (stream) expect([cost > INPUT_TOKENS, cost < INPUT_TOKENS + 2 * 18]).toEqual([true, true]);
      else expect(cost).toBe(0);
      expect(house.second.counts.creates).toBe(0);
      await booksAreClosed();
    },
  );
}
