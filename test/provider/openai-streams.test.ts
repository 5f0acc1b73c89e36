import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { chunk, events, send, streamOf } from '../support/raw-upstream';
import { chatCall, choice, collector, failureOf, openaiAt } from './calls';
import { HELLO, WHOLE, useStreams } from './streams';

const adapter = useStreams();
const { streamed, whole } = adapter;

const reasonsOf = (chunks: readonly any[]): unknown[] => chunks.flatMap((one) => one.choices.map((each: any) => each.finish_reason));

describe('finish reasons', () => {
  test.each([
    ['stop', ['stop', 'eos', 'eos_token', 'end_turn', 'STOP', 'stop_sequence', 'Stop', 'COMPLETE', 'something new']],
    ['length', ['length', 'max_tokens', 'MAX_TOKENS', 'max_output_tokens', 'model_length']],
    ['tool_calls', ['tool_calls', 'tool_use', 'TOOL_CALL']],
    ['content_filter', ['content_filter', 'SAFETY', 'RECITATION', 'PROHIBITED_CONTENT', 'refusal', 'sensitive']],
  ])('those that mean %s are given as that, streamed or not', async (expected, given) => {
    for (const reason of given) {
      const { choice: stored, chunks } = await streamed(streamOf([{ content: 'x' }], reason));
      const atOnce = await whole({ choices: [{ message: { content: 'x' }, finish_reason: reason }] });
      expect([reason, stored.finish_reason, reasonsOf(chunks).at(-1), atOnce.finish_reason]).toEqual([
        reason,
        expected,
        expected,
        expected,
      ]);
    }
  });

  test.each([[null], [''], [undefined], ['null']])('%j says nothing: without [DONE] the stream was cut', async (reason) => {
    adapter.upstream.answer('m', send(events(chunk({ content: 'a' }, reason), chunk({ content: 'b' }, reason))));
    const { chunks, onChunk } = collector();

    const failure = await failureOf(openaiAt(adapter.upstream.baseUrl).text.chat(chatCall('Go.', { onChunk })));

    expect([failure.code, reasonsOf(chunks)]).toEqual(['provider_unavailable', [null, null]]);
  });

  test.each([[null], [''], [undefined]])('%j until [DONE] is followed by a last chunk with stop', async (reason) => {
    const { choice: stored, chunks } = await streamed(send(events(chunk({ content: 'a' }, reason), '[DONE]')));

    expect([stored.finish_reason, reasonsOf(chunks)]).toEqual(['stop', [null, 'stop']]);
  });

  test('each choice has its own', async () => {
    const of = (index: number, delta: object, reason: unknown): object => ({ choices: [{ index, delta, finish_reason: reason }] });
    const { chunks } = await streamed(
      send(
        events(of(1, { content: 'b' }, null), of(0, { content: 'a' }, 'stop'), of(1, { content: 'c' }, ''), of(0, {}, 'stop'), '[DONE]'),
      ),
    );

    expect(chunks.flatMap((one) => one.choices).map((each: any) => [each.index, each.delta, each.finish_reason])).toEqual([
      [1, { role: 'assistant', content: 'b' }, null],
      [0, { role: 'assistant', content: 'a' }, 'stop'],
      [1, { content: 'c' }, null],
      [1, {}, 'stop'],
    ]);
  });
});

describe('what is a stream', () => {
  test.each<[string, Record<string, string>]>([
    ['Text/Event-Stream', { 'content-type': 'Text/Event-Stream' }],
    ['text/plain', { 'content-type': 'text/plain' }],
    ['application/json', { 'content-type': 'application/json' }],
    ['no content type', {}],
  ])('an event stream under %s is one', async (_type, headers) => {
    expect((await streamed(send(HELLO, headers))).choice.message.content).toBe('Hello.');
  });

  test.each([
    ['CRLF', HELLO.replaceAll('\n', '\r\n')],
    ['CR', HELLO.replaceAll('\n', '\r')],
    ['no space after the colon', HELLO.replaceAll('data: ', 'data:')],
    ['a byte order mark', `\ufeff${HELLO}`],
    ['comments and other fields', `: hi\n\nretry: 100\nid: 1\nevent: message\n${HELLO}`],
    ['blank lines before it', `\n\r\n${HELLO}`],
    ['no blank line at the end', events(chunk({ content: 'Hello.' })) + `data: ${JSON.stringify(chunk({}, 'stop'))}`],
    ['no end of line after [DONE]', HELLO.trimEnd()],
  ])('a stream with %s is read, in one piece and byte by byte', async (_kind, body) => {
    const atOnce = await streamed(send(body));
    const byBytes = await streamed(async (response) => {
      response.writeHead(200);
      for (const byte of Buffer.from(body)) {
        response.write(Buffer.of(byte));
        if (byte % 16 === 0) await new Promise(setImmediate);
      }
      response.end();
    });

    expect([atOnce.choice.message.content, byBytes.choice.message.content]).toEqual(['Hello.', 'Hello.']);
    expect(reasonsOf(byBytes.chunks).at(-1)).toBe('stop');
  });

  test('a whole answer where a stream was asked for comes as chunks, a stream where none was asked for as a whole answer', async () => {
    const { choice: stored, chunks } = await streamed(send(WHOLE, { 'content-type': 'text/event-stream' }));
    adapter.upstream.answer('m', send(HELLO));
    const answer = await openaiAt(adapter.upstream.baseUrl).text.chat(chatCall('Go.'));

    expect([stored.message.content, chunks[0].choices[0].delta, reasonsOf(chunks)]).toEqual([
      'Hello.',
      { role: 'assistant', content: 'Hello.' },
      ['stop'],
    ]);
    expect(choice(answer.choices).message.content).toBe('Hello.');
  });

  const CODINGS = [
    ['gzip', 'gzip', gzipSync],
    ['x-gzip', 'X-GZip', gzipSync],
    ['br', 'br', brotliCompressSync],
    ['deflate', 'deflate', deflateSync],
    ['deflate without its head', 'deflate', deflateRawSync],
    ['gzip that nobody announced', undefined, gzipSync],
    ['gzip that was announced and is none', 'gzip', (text: string) => Buffer.from(text)],
  ] as const;
  test.each(CODINGS)('%s is decoded: streams, whole answers and errors', async (_name, coding, encode) => {
    const headers: Record<string, string> = coding === undefined ? {} : { 'content-encoding': coding };
    const stream = await streamed(send(encode(HELLO), headers));
    const answer = await streamed(send(encode(WHOLE), headers));
    adapter.upstream.answer('m', send(encode('{"error":{"message":"Too hot.","param":"temperature"}}'), headers, 400));
    const failure = await failureOf(openaiAt(adapter.upstream.baseUrl).text.chat(chatCall('Go.')));

    expect([stream.choice.message.content, answer.choice.message.content]).toEqual(['Hello.', 'Hello.']);
    expect(failure.facts).toMatchObject({ providerMessage: 'Too hot.', param: 'temperature' });
    expect(adapter.upstream.requests[0]?.headers['accept-encoding']).toBe('identity');
  });

  test('a body that cannot be decompressed is a bad response, one that bursts the bound too', async () => {
    adapter.upstream.answer('m', send(Buffer.concat([gzipSync(HELLO).subarray(0, 20), Buffer.alloc(50, 7)])));
    const broken = await failureOf(openaiAt(adapter.upstream.baseUrl).text.chat(chatCall('Go.')));
    adapter.upstream.answer('m', send(gzipSync(Buffer.alloc(65 * 1024 * 1024, ' '))));
    const bomb = await failureOf(openaiAt(adapter.upstream.baseUrl).text.chat(chatCall('Go.')));

    expect([broken.code, bomb.code]).toEqual(['provider_bad_response', 'provider_bad_response']);
    expect(bomb.message).toContain('67108864 bytes');
  });

  test('an event of 9 MiB is delivered, one beyond 32 MiB is refused', async () => {
    const url = `data:image/png;base64,${'A'.repeat(9 * 1024 * 1024)}`;
    const { choice: stored } = await streamed(streamOf([{ images: [{ type: 'image_url', image_url: { url }, index: 0 }] }]));
    adapter.upstream.answer('m', streamOf([{ content: 'A'.repeat(33 * 1024 * 1024) }]));
    const failure = await failureOf(openaiAt(adapter.upstream.baseUrl).text.chat(chatCall('Go.', { onChunk: () => undefined })));

    expect(stored.message.images[0].image_url.url.length).toBe(url.length);
    expect(failure.code).toBe('provider_bad_response');
  });

  test('a listener that reads slowly stops the reading, and gets everything', async () => {
    const deltas = Array.from({ length: 40 }, (_, index) => ({ content: `${index} ${'x'.repeat(512 * 1024)}` }));
    let sent = 0;
    adapter.upstream.answer('m', async (response) => {
      response.writeHead(200);
      for (const delta of deltas) {
        if (!response.write(events(chunk(delta)))) await new Promise((resolve) => response.once('drain', resolve));
        sent += 1;
      }
      response.end(events(chunk({}, 'stop'), '[DONE]'));
    });
    let seen = 0;
    let release = (): void => undefined;
    const gate = new Promise<void>((resolve) => (release = resolve));
    const answer = openaiAt(adapter.upstream.baseUrl).text.chat(
      chatCall('Go.', {
        onChunk: () => {
          seen += 1;
          return gate;
        },
      }),
    );
    let before = -1;
    while (before !== sent || sent === 0) {
      before = sent;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    const [sentWhileWaiting, seenWhileWaiting] = [sent, seen];
    release();

    expect(choice((await answer).choices).message.content.length).toBe(deltas.reduce((sum, { content }) => sum + content.length, 0));
    expect([sentWhileWaiting < deltas.length, seenWhileWaiting <= 2]).toEqual([true, true]);
  });
});
