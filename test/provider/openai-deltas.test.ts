import { chunk, events, send, streamOf, type RawAnswer } from '../support/raw-upstream';
import { chatCall, choice, embeddingCall, failureOf, openaiAt } from './calls';
import { HELLO, WHOLE, useStreams } from './streams';

const adapter = useStreams();
const { streamed, whole } = adapter;

describe('errors inside an answer', () => {
  test.each([[null], [''], [{}], [false], [0], [[]], [{ code: null, message: '' }]])(
    'an error of %j is none, and is not handed on',
    async (error) => {
      const { choice: stored, chunks } = await streamed(
        send(events(chunk({ content: 'a' }, null, { error }), chunk({}, 'stop', { error }), '[DONE]')),
      );
      const atOnce = await whole({ error, choices: [{ message: { content: 'a' }, finish_reason: 'stop' }] });

      expect([stored.message.content, atOnce.message.content]).toEqual(['a', 'a']);
      expect(chunks.some((one) => 'error' in one)).toBe(false);
    },
  );

  test.each<[string, string, string]>([
    ['an object', events({ error: { message: 'No.', type: 'server_error' } }), 'provider_unavailable'],
    ['a text', events({ error: 'No.' }), 'provider_unavailable'],
    ['beside choices', events(chunk({ content: '' }, 'error', { error: { code: 429, message: 'No.' } })), 'rate_limited'],
    [
      'in a choice',
      events({ choices: [{ index: 0, delta: {}, finish_reason: 'error', error: { code: 502, message: 'No.' } }] }),
      'provider_unavailable',
    ],
    ['as an event of its name', 'event: error\ndata: {"message":"No."}\n\n', 'provider_unavailable'],
    ['as an empty event of its name', 'event: error\ndata: {}\n\n', 'provider_unavailable'],
    ['an object of that kind', events({ object: 'error', message: 'No.', code: 400 }), 'provider_rejected'],
    ['a finish reason alone', events(chunk({}, 'insufficient_system_resource')), 'provider_unavailable'],
  ])('%s fails the call', async (_kind, body, code) => {
    adapter.upstream.answer('m', send(body + events('[DONE]')));

    const failure = await failureOf(openaiAt(adapter.upstream.baseUrl).text.chat(chatCall('Go.', { onChunk: () => undefined })));

    expect(failure.code).toBe(code);
  });
});

describe('every kind of delta', () => {
  test.each<[string, readonly object[], object]>([
    [
      'role once, though it comes with every piece',
      [
        { role: 'assistant', content: 'a' },
        { role: 'assistant', content: 'b' },
      ],
      { content: 'ab' },
    ],
    [
      'reasoning',
      [{ reasoning_content: 'Let ' }, { reasoning_content: 'me.' }, { content: 'x' }],
      { reasoning_content: 'Let me.', content: 'x' },
    ],
    ['refusal', [{ refusal: 'I ' }, { refusal: "can't." }], { refusal: "I can't.", content: null }],
    [
      'content as text parts',
      [{ content: [{ type: 'text', text: 'Hel' }] }, { content: [{ type: 'text', text: 'lo' }] }],
      { content: 'Hello' },
    ],
    [
      'thinking as parts',
      [
        { content: [{ type: 'thinking', thinking: [{ type: 'text', text: 'Hm' }] }] },
        { content: [{ type: 'thinking', thinking: 'm.' }] },
        { content: 'Yes.' },
      ],
      { reasoning_content: 'Hmm.', content: 'Yes.' },
    ],
    [
      'parts that are no text',
      [
        { content: 'See ' },
        {
          content: [
            { type: 'text', text: 'here: ' },
            { type: 'image_url', image_url: { url: 'u' } },
          ],
        },
        { content: 'o' },
        { content: 'k' },
      ],
      {
        content: [
          { type: 'text', text: 'See here: ' },
          { type: 'image_url', image_url: { url: 'u' } },
          { type: 'text', text: 'ok' },
        ],
      },
    ],
    [
      'reasoning_details',
      [
        { reasoning_details: [{ type: 'reasoning.text', text: 'Let ', index: 0, format: 'x' }] },
        { reasoning_details: [{ type: 'reasoning.text', text: 'me.', index: 0, format: 'x' }] },
        { reasoning_details: [{ type: 'reasoning.text', signature: 'sig', index: 0 }] },
        { reasoning_details: [{ type: 'reasoning.encrypted', data: 'e', index: 1 }] },
      ],
      {
        reasoning_details: [
          { type: 'reasoning.text', text: 'Let me.', index: 0, format: 'x', signature: 'sig' },
          { type: 'reasoning.encrypted', data: 'e', index: 1 },
        ],
      },
    ],
    [
      'reasoning_details without index',
      [{ reasoning_details: [{ type: 'reasoning.text', text: 'a' }] }, { reasoning_details: [{ type: 'reasoning.text', text: 'b' }] }],
      { reasoning_details: [{ type: 'reasoning.text', text: 'ab' }] },
    ],
    [
      'audio',
      [
        { audio: { id: 'a1', transcript: 'Hel' } },
        { audio: { data: 'AAEC', transcript: 'lo' } },
        { audio: { data: 'Aw==' } },
        { audio: { data: 'BA==' } },
        { audio: { expires_at: 9 } },
      ],
      { audio: { id: 'a1', transcript: 'Hello', data: 'AAECAwQ=', expires_at: 9 } },
    ],
    [
      'annotations',
      [
        { annotations: [{ type: 'url_citation', url_citation: { url: 'a' } }] },
        { annotations: [{ type: 'url_citation', url_citation: { url: 'b' } }] },
      ],
      {
        annotations: [
          { type: 'url_citation', url_citation: { url: 'a' } },
          { type: 'url_citation', url_citation: { url: 'b' } },
        ],
      },
    ],
    [
      'a legacy function call',
      [
        { function_call: { name: 'f', arguments: '' } },
        { function_call: { arguments: '{"x"' } },
        { function_call: { name: 'f', arguments: ':1}' } },
      ],
      { function_call: { name: 'f', arguments: '{"x":1}' } },
    ],
    [
      'fields nobody knows yet',
      [
        { made_up: 'a', deep: { list: [1], text: 'x' } },
        { made_up: 'b', deep: { list: [2], text: 'y' } },
      ],
      { made_up: 'ab', deep: { list: [1, 2], text: 'xy' } },
    ],
  ])('%s is put together', async (_kind, deltas, expected) => {
    const { choice: stored, chunks } = await streamed(streamOf(deltas));

    expect(stored.message).toEqual({ role: 'assistant', content: null, refusal: null, ...expected });
    expect(chunks.flatMap((one) => one.choices).filter(({ delta }: any) => 'role' in delta)).toHaveLength(1);
  });

  test('logprobs of all pieces are kept', async () => {
    const of = (token: string): object => ({
      choices: [{ index: 0, delta: { content: token }, logprobs: { content: [{ token, logprob: -1 }] } }],
    });
    const { choice: stored } = await streamed(send(events(of('a'), of('a'), chunk({}, 'stop'), '[DONE]')));

    expect(stored.logprobs).toEqual({
      content: [
        { token: 'a', logprob: -1 },
        { token: 'a', logprob: -1 },
      ],
    });
  });

  test('fields beside choices are handed on and kept, streamed or not', async () => {
    const beside = { citations: ['https://a'], search_results: [{ title: 'A' }], service_tier: 'default' };
    const { extra, chunks } = await streamed(send(events(chunk({ content: 'a' }, null, beside), chunk({}, 'stop', beside), '[DONE]')));
    adapter.upstream.answer('m', send(JSON.stringify({ ...JSON.parse(WHOLE), ...beside }), {}));
    const answer = await openaiAt(adapter.upstream.baseUrl).text.chat(chatCall('Go.'));

    expect([extra, answer.extra]).toEqual([beside, beside]);
    expect(chunks[0]).toMatchObject(beside);
  });
});

describe('what a server does not know', () => {
  const refuse = (status: number, body: unknown): RawAnswer => send(JSON.stringify(body), { 'content-type': 'application/json' }, status);
  test.each<[string, RawAnswer]>([
    [
      'FastAPI',
      refuse(422, { detail: [{ loc: ['body', 'stream_options'], msg: 'extra fields not permitted', type: 'value_error.extra' }] }),
    ],
    ['OpenAI', refuse(400, { error: { message: 'Unrecognized request argument supplied.', param: 'stream_options' } })],
    ['words', refuse(400, { error: { message: 'Unknown field: stream_options' } })],
    ['its inner field', refuse(422, { error: { message: 'include_usage is not supported' } })],
  ])('stream_options refused as %s does are asked once without and not again', async (_kind, refusal) => {
    adapter.upstream.answer('m', refusal, send(HELLO), send(HELLO));
    const { text } = openaiAt(adapter.upstream.baseUrl);
    const call = { onChunk: () => undefined };

    const answers = [await text.chat(chatCall('Go.', call)), await text.chat(chatCall('Go.', call))];

    expect(answers.map(({ usage }) => usage)).toEqual([null, null]);
    expect(adapter.upstream.requests.map(({ body }) => [body['stream'], 'stream_options' in body])).toEqual([
      [true, true],
      [true, false],
      [true, false],
    ]);
  });

  test('any other refusal is not repeated, and stream_usage: false never asks', async () => {
    adapter.upstream.answer('m', refuse(400, { error: { message: 'No.', param: 'temperature' } }));
    await failureOf(openaiAt(adapter.upstream.baseUrl).text.chat(chatCall('Go.', { onChunk: () => undefined })));
    adapter.upstream.answer('m', send(HELLO));
    await openaiAt(adapter.upstream.baseUrl, { options: { stream_usage: false } }).text.chat(chatCall('Go.', { onChunk: () => undefined }));

    expect(adapter.upstream.requests.map(({ body }) => 'stream_options' in body)).toEqual([true, false]);
  });

  const FLOATS = [1, -0.5, 0.25];
  const BASE64 = Buffer.from(new Float32Array(FLOATS).buffer).toString('base64');
  test.each([
    ['base64', FLOATS, BASE64],
    ['base64', BASE64, BASE64],
    ['float', BASE64, FLOATS],
    ['float', FLOATS, FLOATS],
    [null, BASE64, FLOATS],
    [undefined, BASE64, FLOATS],
  ])('embeddings asked for as %j come so from %j', async (format, given, expected) => {
    adapter.upstream.answer('m', send(JSON.stringify({ data: [{ object: 'embedding', index: 0, embedding: given }] }), {}));

    const answer = await openaiAt(adapter.upstream.baseUrl).text.embed(embeddingCall('a', { encoding_format: format, dimensions: null }));

    expect(answer.data[0]?.['embedding']).toEqual(expected);
    expect(Object.values(adapter.upstream.requests[0]!.body)).not.toContain(null);
  });

  test('JSON with a byte order mark is read', async () => {
    adapter.upstream.answer('m', send(`\ufeff${WHOLE}`, { 'content-type': 'application/json' }));

    expect(choice((await openaiAt(adapter.upstream.baseUrl).text.chat(chatCall('Go.'))).choices).message.content).toBe('Hello.');
  });
});
