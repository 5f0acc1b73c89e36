import fc from 'fast-check';
import OpenAI from 'openai';
import { createChunkWriter } from '../../api/openai/chat/chunks';
import { events, send, startRawUpstream, type RawUpstream } from '../support/raw-upstream';
import { chatCall, collector, openaiAt } from './calls';

let upstream: RawUpstream;
beforeAll(async () => {
  upstream = await startRawUpstream();
});
afterAll(() => upstream.close());

type Fields = Record<string, any>;
const text = fc.string({ unit: 'binary', maxLength: 30 });
const words = text.filter((value) => value !== '');
const args = fc.dictionary(fc.string({ maxLength: 5 }), fc.oneof(fc.string({ maxLength: 8 }), fc.integer(), fc.constant({ deep: ['}'] })), {
  maxKeys: 3,
});
const functionCall = fc.record({ name: fc.constantFrom('f', 'get_weather', 'g'), arguments: args.map((value) => JSON.stringify(value)) });
const custom = fc.record({ name: fc.constantFrom('sh', 'sql'), input: text });
const call = fc.oneof(
  { weight: 3, arbitrary: functionCall.map((value): Fields => ({ type: 'function', function: value })) },
  custom.map((value): Fields => ({ type: 'custom', custom: value })),
);
const audio = fc.record({
  id: fc.constant('audio_1'),
  data: fc.uint8Array({ minLength: 1, maxLength: 40 }).map((bytes) => Buffer.from(bytes).toString('base64')),
  transcript: words,
  expires_at: fc.nat(),
});

const message = (toolCall: fc.Arbitrary<Fields>): fc.Arbitrary<Fields> =>
  fc.record(
    {
      content: words,
      refusal: words,
      reasoning_content: words,
      tool_calls: fc
        .array(toolCall, { minLength: 1, maxLength: 3 })
        .map((calls) => calls.map((one, index) => ({ id: `id_${index}`, ...one }))),
    },
    { requiredKeys: [] },
  );
const everything = fc
  .tuple(
    message(call),
    fc.record(
      {
        audio,
        annotations: fc.array(fc.record({ type: fc.constant('url_citation'), url_citation: fc.record({ url: fc.webUrl() }) }), {
          minLength: 1,
          maxLength: 3,
        }),
        reasoning_details: fc
          .array(words, { minLength: 1, maxLength: 2 })
          .map((list) => list.map((value, index) => ({ type: 'reasoning.text', index, text: value }))),
        made_up: words,
      },
      { requiredKeys: [] },
    ),
  )
  .map(([known, more]): Fields => ({ ...known, ...more }));

/** What a server leaves out or repeats. */
const habits = fc.record({
  nameAgain: fc.boolean(),
  idAgain: fc.boolean(),
  roleAgain: fc.boolean(),
  withIndex: fc.boolean(),
  emptyReason: fc.constantFrom(null, '', undefined),
});
type Habits = typeof habits extends fc.Arbitrary<infer Value> ? Value : never;

/** Cuts a text into pieces at the places that `cut` says. */
function pieces(value: string, cut: () => number): string[] {
  const list: string[] = [];
  for (let rest = value; rest !== '';) {
    const length = 1 + (cut() % 7);
    list.push(rest.slice(0, length));
    rest = rest.slice(length);
  }
  return list;
}

/** A message as queues of deltas; each queue keeps its order, and they may be mixed. */
function queuesOf(whole: Fields, habit: Habits, cut: () => number): Fields[][] {
  const calls: Fields[][] = (whole['tool_calls'] ?? []).map((one: Fields, index: number) => {
    const [kind, field] = one['type'] === 'custom' ? (['custom', 'input'] as const) : (['function', 'arguments'] as const);
    const place = habit.withIndex ? { index } : {};
    const rest = pieces(one[kind][field], cut).map((piece) => ({
      tool_calls: [
        {
          ...place,
          ...(habit.idAgain ? { id: one['id'] } : {}),
          [kind]: { ...(habit.nameAgain && kind === 'function' ? { name: one[kind].name } : {}), [field]: piece },
        },
      ],
    }));
    return [{ tool_calls: [{ ...place, id: one['id'], type: one['type'], [kind]: { name: one[kind].name, [field]: '' } }] }, ...rest];
  });
  const lists = (name: string): Fields[] => (whole[name] ?? []).map((entry: unknown) => ({ [name]: [entry] }));
  const details: Fields[][] = (whole['reasoning_details'] ?? []).map((entry: Fields) =>
    pieces(entry['text'], cut).map((piece) => ({ reasoning_details: [{ ...entry, text: piece }] })),
  );
  const sound = whole['audio'] as Fields | undefined;
  const audioPieces =
    sound === undefined
      ? []
      : [
          { audio: { id: sound['id'], expires_at: sound['expires_at'] } },
          ...pieces(sound['data'], cut).map((data) => ({ audio: { data } })),
          ...pieces(sound['transcript'], cut).map((transcript) => ({ audio: { transcript } })),
        ];
  const texts = ['content', 'refusal', 'reasoning_content', 'made_up'].map((name) =>
    pieces(whole[name] ?? '', cut).map((piece) => ({ [name]: piece })),
  );
  // Without an index and an id on every piece only the order says whose they are.
  const isMixed = habit.withIndex || habit.idAgain;
  const begun = calls.map(([opening]) => opening ?? {});
  const inOrder = isMixed
    ? [
        ...begun,
        ...mix(
          calls.map(([, ...rest]) => rest),
          cut,
        ),
      ]
    : calls.flat();
  return [...texts, lists('annotations'), details.flat(), audioPieces, inOrder];
}

function mix(queues: Fields[][], cut: () => number): Fields[] {
  const left = queues.filter((queue) => queue.length > 0).map((queue) => [...queue]);
  const mixed: Fields[] = [];
  while (left.length > 0) {
    const at = cut() % left.length;
    mixed.push(left[at]!.shift()!);
    if (left[at]!.length === 0) left.splice(at, 1);
  }
  return mixed;
}

interface Case {
  readonly messages: readonly Fields[];
  readonly habit: Habits;
  readonly cuts: readonly number[];
}

/** The upstream's stream of these messages, one choice each. */
function streamOfMessages({ messages, habit, cuts }: Case): string {
  let at = 0;
  const cut = (): number => cuts[at++ % cuts.length]!;
  const queues = messages.map((whole, index) =>
    mix(queuesOf(whole, habit, cut), cut).map((delta, position) => ({
      choices: [
        { index, delta: habit.roleAgain || position === 0 ? { role: 'assistant', ...delta } : delta, finish_reason: habit.emptyReason },
      ],
    })),
  );
  const ends = messages.map((_, index) => ({ choices: [{ index, delta: {}, finish_reason: 'stop' }] }));
  return events(...mix(queues, cut), ...ends, '[DONE]');
}

const wholeOf = (messages: readonly Fields[]): object => ({
  choices: messages.map((whole, index) => ({ index, message: { role: 'assistant', content: null, ...whole }, finish_reason: 'stop' })),
});
const cases = (one: fc.Arbitrary<Fields>): fc.Arbitrary<Case> =>
  fc.record({
    messages: fc.array(one, { minLength: 1, maxLength: 3 }),
    habit: habits,
    cuts: fc.array(fc.nat(50), { minLength: 1, maxLength: 40 }),
  });

test('a whole answer cut into any deltas is put together to the whole answer again', async () => {
  await fc.assert(
    fc.asyncProperty(cases(everything), async (one) => {
      const { text: provider } = openaiAt(upstream.baseUrl);
      upstream.answer('m', send(streamOfMessages(one)), send(JSON.stringify(wholeOf(one.messages)), {}));

      const streamed = await provider.chat(chatCall('Go.', { onChunk: () => undefined }));
      const whole = await provider.chat(chatCall('Go.'));

      expect(streamed.choices).toEqual(whole.choices);
    }),
    { numRuns: 100 },
  );
});

test('what openai-node puts together of the stream is what is stored', async () => {
  const plainCall = functionCall.map((value): Fields => ({ type: 'function', function: value }));
  await fc.assert(
    fc.asyncProperty(cases(message(plainCall)), async (one) => {
      upstream.answer('m', send(streamOfMessages(one)));
      const { chunks, onChunk } = collector();
      const { choices } = await openaiAt(upstream.baseUrl).text.chat(chatCall('Go.', { onChunk }));
      const writer = createChunkWriter({ id: 'task_1', created: 1, model: 'm', includeUsage: false });
      const sent = events(...chunks.flatMap((piece) => writer.onChunk(piece)), ...writer.onEnd(null), '[DONE]');
      const client = new OpenAI({ apiKey: 'k', fetch: () => Promise.resolve(new Response(sent)) });

      const seen = await client.chat.completions.stream({ model: 'm', messages: [] }).finalChatCompletion();

      const comparable = (list: readonly Fields[]): unknown =>
        list.map(({ index, finish_reason, message: { role, content, refusal, tool_calls } }) => ({
          index,
          finish_reason,
          message: {
            role,
            content,
            refusal,
            tool_calls: (tool_calls ?? []).map(({ id, type, function: called }: Fields) => ({
              id,
              type,
              name: called.name,
              arguments: called.arguments,
            })),
          },
        }));
      expect(comparable(seen.choices)).toEqual(comparable(choices));
    }),
    { numRuns: 100 },
  );
});
