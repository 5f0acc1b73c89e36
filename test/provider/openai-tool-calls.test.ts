import { createChunkWriter } from '../../api/openai/chat/chunks';
import { events, startRawUpstream, streamOf, type RawUpstream } from '../support/raw-upstream';
import { chatCall, collector, openaiAt } from './calls';
import { judgeAll } from './judges';

let upstream: RawUpstream;
beforeAll(async () => {
  upstream = await startRawUpstream();
});
afterAll(() => upstream.close());

/** What the client sees of a stream, and what is stored of it. */
async function served(): Promise<{ readonly sent: string; readonly message: Record<string, any>; readonly finish: unknown }> {
  const { chunks, onChunk } = collector();
  const answer = await openaiAt(upstream.baseUrl).text.chat(chatCall('Go.', { onChunk }));
  const writer = createChunkWriter({ id: 'task_1', created: 1, model: 'm', includeUsage: false });
  const lines = [...chunks.flatMap((chunk) => writer.onChunk(chunk)), ...writer.onEnd(null)];
  const choice = answer.choices[0] as Record<string, any>;
  return { sent: events(...lines, '[DONE]'), message: choice['message'], finish: choice['finish_reason'] };
}

const f = (fields: object, args?: unknown, name?: string): object => ({
  ...fields,
  function: { ...(name === undefined ? {} : { name }), ...(args === undefined ? {} : { arguments: args }) },
});
const deltas = (...pieces: readonly object[]): object[] => pieces.map((piece) => ({ tool_calls: [piece] }));
type Call = readonly [id: string | null, name: string, args: object];

/** Ids: null for one of ours. */
test.each<[string, readonly object[], readonly Call[]]>([
  [
    'name repeated',
    deltas(f({ index: 0, id: 'abc' }, '', 'f'), f({ index: 0 }, '{"x"', 'f'), f({ index: 0 }, ':1}', 'f')),
    [['abc', 'f', { x: 1 }]],
  ],
  [
    'name after the id',
    deltas(f({ index: 0, id: 'abc' }, ''), f({ index: 0 }, '', 'f'), f({ index: 0 }, '{"x":1}')),
    [['abc', 'f', { x: 1 }]],
  ],
  ['name after the id, no index', deltas({ id: 'abc', type: 'function' }, f({}, '{"x"', 'f'), f({}, ':1}')), [['abc', 'f', { x: 1 }]]],
  [
    'name in pieces',
    deltas(f({ index: 0, id: 'abc' }, '', 'get_'), f({ index: 0 }, '', 'weather'), f({ index: 0 }, '{}')),
    [['abc', 'get_weather', {}]],
  ],
  [
    'name as far as known',
    deltas(f({ index: 0, id: 'abc' }, '', 'get_'), f({ index: 0 }, '{}', 'get_weather')),
    [['abc', 'get_weather', {}]],
  ],
  [
    'id with every piece',
    deltas(f({ index: 0, id: 'abc' }, '', 'f'), f({ index: 0, id: 'abc' }, '{"x"'), f({ index: 0, id: 'abc' }, ':1}')),
    [['abc', 'f', { x: 1 }]],
  ],
  ['id late', deltas(f({ index: 0 }, '', 'f'), f({ index: 0, id: 'abc' }, '{"x":1}')), [['abc', 'f', { x: 1 }]]],
  ['id after the first arguments', deltas(f({ index: 0 }, '{"x"', 'f'), f({ index: 0, id: 'abc' }, ':1}')), [['abc', 'f', { x: 1 }]]],
  [
    'id another with every piece',
    deltas(f({ index: 0, id: 'a' }, '', 'f'), f({ index: 0, id: 'b' }, '{"x"', 'f'), f({ index: 0, id: 'c' }, ':1}', 'f')),
    [['a', 'f', { x: 1 }]],
  ],
  [
    'id empty or null later',
    deltas(f({ index: 0, id: 'abc' }, '{"x"', 'f'), f({ index: 0, id: '' }, ':', ''), f({ index: 0, id: null }, '1}')),
    [['abc', 'f', { x: 1 }]],
  ],
  ['no id at all', deltas(f({ index: 0 }, '', 'f'), f({ index: 0 }, '{"x":1}')), [[null, 'f', { x: 1 }]]],
  [
    'no id, two calls',
    deltas(f({ index: 0 }, '{"x":1}', 'f'), f({ index: 1 }, '{"x":2}', 'g')),
    [
      [null, 'f', { x: 1 }],
      [null, 'g', { x: 2 }],
    ],
  ],
  [
    'whole calls in chunks of their own, no index',
    deltas(f({ id: 'a1' }, '{"x":1}', 'f'), f({ id: 'a2' }, '{"x":2}', 'f')),
    [
      ['a1', 'f', { x: 1 }],
      ['a2', 'f', { x: 2 }],
    ],
  ],
  [
    'the same without ids',
    deltas(f({}, '{"x":1}', 'f'), f({}, '{"x":2}', 'f')),
    [
      [null, 'f', { x: 1 }],
      [null, 'f', { x: 2 }],
    ],
  ],
  [
    'whole calls in one chunk, no index',
    [{ tool_calls: [f({ id: 'a1' }, '{"x":1}', 'f'), f({ id: 'a2' }, '{"x":2}', 'g')] }],
    [
      ['a1', 'f', { x: 1 }],
      ['a2', 'g', { x: 2 }],
    ],
  ],
  [
    'every call with index 0',
    deltas(f({ index: 0, id: 'a1' }, '{"x":1}', 'f'), f({ index: 0, id: 'a2' }, '{"x":2}', 'f')),
    [
      ['a1', 'f', { x: 1 }],
      ['a2', 'f', { x: 2 }],
    ],
  ],
  [
    'one chunk, every call with index 0',
    [{ tool_calls: [f({ index: 0, id: 'a1' }, '{"x":1}', 'f'), f({ index: 0, id: 'a2' }, '{"x":2}', 'f')] }],
    [
      ['a1', 'f', { x: 1 }],
      ['a2', 'f', { x: 2 }],
    ],
  ],
  [
    'the function name as id',
    deltas(f({ index: 0, id: 'f' }, '{"x":1}', 'f'), f({ index: 1, id: 'f' }, '{"x":2}', 'f')),
    [
      ['f', 'f', { x: 1 }],
      [null, 'f', { x: 2 }],
    ],
  ],
  ['pieces without index after the first', deltas(f({ index: 0, id: 'a' }, '', 'f'), f({}, '{"x"'), f({}, ':1}')), [['a', 'f', { x: 1 }]]],
  [
    'no index, ids with every piece, interleaved',
    deltas(f({ id: 'a' }, '', 'f'), f({ id: 'b' }, '', 'g'), f({ id: 'a' }, '{"x":1}'), f({ id: 'b' }, '{"x":2}')),
    [
      ['a', 'f', { x: 1 }],
      ['b', 'g', { x: 2 }],
    ],
  ],
  [
    'interleaved by index',
    deltas(
      f({ index: 0, id: 'a' }, '', 'f'),
      f({ index: 1, id: 'b' }, '', 'g'),
      f({ index: 1 }, '{"x"'),
      f({ index: 0 }, '{"x":1}'),
      f({ index: 1 }, ':2}'),
    ),
    [
      ['a', 'f', { x: 1 }],
      ['b', 'g', { x: 2 }],
    ],
  ],
  [
    'index from 1',
    deltas(f({ index: 1, id: 'a' }, '{"x":1}', 'f'), f({ index: 2, id: 'b' }, '{"x":2}', 'g')),
    [
      ['a', 'f', { x: 1 }],
      ['b', 'g', { x: 2 }],
    ],
  ],
  ['index as text', deltas(f({ index: '0', id: 'a' }, '{"x"', 'f'), f({ index: '0' }, ':1}')), [['a', 'f', { x: 1 }]]],
  ['arguments as an object', deltas(f({ index: 0, id: 'a' }, { x: 1 }, 'f')), [['a', 'f', { x: 1 }]]],
  [
    'the whole call once more at the end',
    deltas(f({ index: 0, id: 'a' }, '{"x"', 'f'), f({ index: 0 }, ':1}'), f({ index: 0, id: 'a' }, '{"x":1}', 'f')),
    [['a', 'f', { x: 1 }]],
  ],
  [
    'an empty function_call beside it',
    [...deltas(f({ index: 0, id: 'a' }, '{"x":1}', 'f')), { function_call: { name: '', arguments: '' } }],
    [['a', 'f', { x: 1 }]],
  ],
  ['one object where a list belongs', [{ tool_calls: f({ id: 'a' }, '{"x":1}', 'f') }], [['a', 'f', { x: 1 }]]],
  ['a nameless empty entry', deltas(f({ index: 0, id: 'a' }, '{"x":1}', 'f'), f({ index: 1, id: '' }, '', '')), [['a', 'f', { x: 1 }]]],
])('tool calls with %s are the calls that were meant, for every client', async (_kind, pieces, expected) => {
  upstream.answer('m', streamOf([{ role: 'assistant', content: null }, ...pieces]));

  const { sent, message, finish } = await served();

  const stored = message['tool_calls'] as { id: string; type: string; function: { name: string; arguments: string } }[];
  const asSeen = stored.map((call) => ({ id: call.id, name: call.function.name, args: JSON.parse(call.function.arguments) }));
  expect(asSeen).toEqual(expected.map(([id, name, args]) => ({ id: id ?? expect.stringMatching(/^call_[0-9a-f]{32}$/), name, args })));
  expect([finish, new Set(stored.map(({ id }) => id)).size]).toEqual(['tool_calls', expected.length]);
  const fetchSent = (): Promise<Response> => Promise.resolve(new Response(sent, { headers: { 'content-type': 'text/event-stream' } }));
  const seen = await judgeAll({ baseUrl: 'http://stored/v1', apiKey: 'k', fetch: fetchSent }, 'm');
  for (const one of Object.values(seen)) expect(one).toMatchObject({ calls: asSeen, finish: 'tool_calls' });
});

test('calls without ids get ids that are unique over turns', async () => {
  upstream.answer('m', streamOf(deltas(f({ index: 0 }, '{}', 'f'))));

  const ids = [await served(), await served()].map(({ message }) => message['tool_calls'][0].id as string);

  expect(new Set(ids).size).toBe(2);
});

test('arguments travel as they come once their call is known', async () => {
  upstream.answer(
    'm',
    streamOf(deltas(f({ index: 0, id: 'a' }, '', 'f'), f({ index: 0 }, '{"x"'), f({ index: 0 }, ':"a'), f({ index: 0 }, 'b"}'))),
  );
  const { chunks, onChunk } = collector();

  await openaiAt(upstream.baseUrl).text.chat(chatCall('Go.', { onChunk }));

  const calls = chunks.flatMap((chunk) => chunk.choices.flatMap(({ delta }) => (delta['tool_calls'] ?? []) as unknown[]));
  expect(calls).toEqual([
    { index: 0, id: 'a', type: 'function', function: { name: 'f', arguments: '{"x"' } },
    { index: 0, function: { arguments: ':"a' } },
    { index: 0, function: { arguments: 'b"}' } },
  ]);
});

test('custom tools and other fields of a call are put together', async () => {
  upstream.answer(
    'm',
    streamOf(
      deltas(
        { index: 0, id: 'a', type: 'custom', custom: { name: 'sh', input: '' } },
        { index: 0, custom: { input: 'ls ' } },
        { index: 0, custom: { input: '-l' } },
        { index: 1, id: 'b', function: { name: 'f', arguments: '{}' }, extra_content: { google: { thought_signature: 's' } } },
      ),
    ),
  );

  const { message } = await served();

  expect(message['tool_calls']).toEqual([
    { id: 'a', type: 'custom', custom: { name: 'sh', input: 'ls -l' } },
    { id: 'b', type: 'function', function: { name: 'f', arguments: '{}' }, extra_content: { google: { thought_signature: 's' } } },
  ]);
});
