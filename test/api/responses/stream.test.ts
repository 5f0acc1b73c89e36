import OpenAI from 'openai';
import { eventually } from '../../support/eventually';
import { chunkOf, USAGE } from '../support/lane';
import { BROKEN, finalOf, numbersOf, readAll, typesOf } from './events';
import { useResponses } from './use-responses';

const { api } = useResponses();
const input = 'Say hello.';

describe('a stream', () => {
  test('has the events of OpenAI in their order, numbered without a gap', async () => {
    api.lane.script.chunks = [
      chunkOf({ role: 'assistant', content: '' }),
      chunkOf({ content: 'Hel' }),
      chunkOf({ content: 'lo.' }),
      chunkOf({}, 'stop'),
    ];

    const events = await readAll(await api.client().responses.create({ model: 'gpt-test', input, stream: true }));

    expect(typesOf(events)).toEqual([
      'response.created',
      'response.in_progress',
      'response.output_item.added',
      'response.content_part.added',
      'response.output_text.delta',
      'response.output_text.delta',
      'response.output_text.done',
      'response.content_part.done',
      'response.output_item.done',
      'response.completed',
    ]);
    expect(numbersOf(events)).toEqual(events.map((_, index) => index));
    const stored = await api.client().responses.retrieve(finalOf(events).id);
    expect(finalOf(events)).toMatchObject({ status: 'completed', usage: { total_tokens: USAGE.total_tokens }, output: stored.output });
  });

  test('says the type of each event in its frame, and goes out unbuffered', async () => {
    const answer = await api.call('POST', '/v1/responses', { body: { model: 'gpt-test', input, stream: true } });

    const frames = answer.text.split('\n\n').filter((frame) => frame !== '');
    for (const frame of frames) {
      const [event, data] = frame.split('\n');
      expect(event).toBe(`event: ${JSON.parse(data!.slice('data: '.length)).type}`);
    }
    expect(frames.at(-1)).toContain('response.completed');
    expect(answer.headers.get('x-accel-buffering')).toBe('no');
    expect(answer.headers.get('cache-control')).toBe('no-cache, no-transform');
  });

  test.each([
    [
      'reasoning first',
      [{ reasoning_content: 'Hm' }, { reasoning_content: 'm.' }, { content: 'Hello.' }],
      [
        { type: 'reasoning', summary: [], content: [{ type: 'reasoning_text', text: 'Hmm.' }] },
        { type: 'message', content: [{ type: 'output_text', text: 'Hello.' }] },
      ],
    ],
    [
      'a refusal',
      [{ refusal: 'I ' }, { refusal: 'will not.' }],
      [{ type: 'message', content: [{ type: 'refusal', refusal: 'I will not.' }] }],
    ],
    [
      'several calls whose arguments come by turns',
      [
        { tool_calls: [{ index: 0, id: 'call_a', type: 'function', function: { name: 'f', arguments: '' } }] },
        { tool_calls: [{ index: 1, id: 'call_b', type: 'function', function: { name: 'g', arguments: '{"b"' } }] },
        { tool_calls: [{ index: 0, function: { arguments: '{"a":1}' } }] },
        { tool_calls: [{ index: 1, function: { arguments: ':2}' } }] },
      ],
      [
        { type: 'function_call', call_id: 'call_a', name: 'f', arguments: '{"a":1}', status: 'completed' },
        { type: 'function_call', call_id: 'call_b', name: 'g', arguments: '{"b":2}', status: 'completed' },
      ],
    ],
  ])("is put together by the SDK's own helper: %s", async (_what, deltas, output) => {
    api.lane.script = { ...api.lane.script, chunks: [...deltas.map((delta) => chunkOf(delta)), chunkOf({}, 'stop')] };

    const stream = api.client().responses.stream({ model: 'gpt-test', input });
    const events = await readAll(stream);
    const final = await stream.finalResponse();

    expect(numbersOf(events)).toEqual(events.map((_, index) => index));
    expect(final.status).toBe('completed');
    const plain = JSON.parse(JSON.stringify(final.output, (name, value) => (name.startsWith('parsed') ? undefined : value)));
    expect(plain).toEqual((events.at(-1) as any).response.output);
    expect(plain).toMatchObject(output);
  });

  test('has its reasoning as a summary when one is asked for', async () => {
    api.lane.script.chunks = [chunkOf({ reasoning_content: 'Hmm.' }), chunkOf({ content: 'Hello.' }, 'stop')];

    const events = await readAll(
      await api.client().responses.create({ model: 'gpt-test', input, stream: true, reasoning: { summary: 'auto' } }),
    );

    expect(typesOf(events).filter((type) => type.includes('reasoning'))).toEqual([
      'response.reasoning_summary_part.added',
      'response.reasoning_summary_text.delta',
      'response.reasoning_summary_text.done',
      'response.reasoning_summary_part.done',
    ]);
    expect(finalOf(events).output[0]).toMatchObject({ type: 'reasoning', summary: [{ type: 'summary_text', text: 'Hmm.' }] });
  });

  test('that fails before its first event is a plain error, and after it ends as failed', async () => {
    api.lane.script.error = { ...BROKEN, code: 'provider_unavailable' };
    const early = await api
      .client()
      .responses.create({ model: 'gpt-test', input, stream: true })
      .catch((error: unknown) => error);
    api.lane.script = { ...api.lane.script, chunks: [chunkOf({ content: 'Hel' })], error: BROKEN };
    const late = await readAll(await api.client().responses.create({ model: 'gpt-test', input, stream: true }));

    expect(early).toBeInstanceOf(OpenAI.InternalServerError);
    expect(typesOf(late).slice(-2)).toEqual(['error', 'response.failed']);
    expect(finalOf(late)).toMatchObject({ status: 'failed', error: { code: 'stream_interrupted' } });
    expect(finalOf(late).error!.message).toMatch(/^The stream broke\. \(request id: req_/);
    expect(await api.client().responses.retrieve(finalOf(late).id)).toMatchObject({
      status: 'failed',
      error: { code: 'stream_interrupted' },
    });
  });

  test('whose client leaves ends the call', async () => {
    let release = (): void => undefined;
    api.lane.script = { ...api.lane.script, chunks: [chunkOf({ content: 'Hel' })], gate: new Promise((resolve) => (release = resolve)) };

    const stream = await api.client().responses.create({ model: 'gpt-test', input, stream: true });
    await stream[Symbol.asyncIterator]().next();
    stream.controller.abort();

    const { id } = api.lane.runs.at(-1)!.task;
    await eventually(() => api.lane.abandoned.includes(id), { withinMs: 5_000 });
    release();
  });
});
