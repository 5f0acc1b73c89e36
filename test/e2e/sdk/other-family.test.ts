import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { createAnthropicLab } from '../../lab/anthropic';
import { PNG } from '../../lab/files';
import { createGeminiLab } from '../../lab/gemini';
import { startLab, type Lab } from '../../lab/lab';
import { createOpenAiLab } from '../../lab/openai';
import { startAtelier, type TestAtelier } from '../../support/stack';

/** Each family's SDK, unchanged but for base URL and key, against models of the other families. */

const MODELS = [
  ['claude', 'anthropic', 'claude-sonnet-4-6'],
  ['gpt', 'openai', 'gpt-4.1'],
  ['deepseek', 'openai', 'deepseek-v4-flash'],
  ['gemini', 'gemini', 'gemini-2.5-flash'],
] as const;

let lab: Lab;
let atelier: TestAtelier;
let stop = (): Promise<void> => Promise.resolve();
let openai: OpenAI;
let anthropic: Anthropic;

beforeAll(async () => {
  lab = await startLab([createAnthropicLab(), createGeminiLab(), createOpenAiLab()]);
  stop = () => lab.close();
  const config = `providers:
  - { name: anthropic, kind: anthropic, base_url: "${lab.url('anthropic')}", api_key: "\${LAB_KEY}" }
  - { name: gemini, kind: gemini, base_url: "${lab.url('gemini')}", api_key: "\${LAB_KEY}" }
  - { name: openai, kind: openai, base_url: "${lab.url('openai')}/v1", api_key: "\${LAB_KEY}", quirks: openai }
  - { name: deepseek, kind: openai, base_url: "${lab.url('openai')}/v1", api_key: "\${LAB_KEY}", quirks: deepseek }
models:
${MODELS.map(([name, kind, model]) => `  - { name: ${name}, modality: text, price: free, routes: [{ provider: ${name === 'deepseek' ? name : kind}, model: ${model} }] }`).join('\n')}
`;
  atelier = await startAtelier({ config, env: { LAB_KEY: 'lab-key' } });
  stop = async () => {
    await atelier.stop();
    await lab.close();
  };
  openai = new OpenAI({ baseURL: atelier.baseUrl, apiKey: atelier.keys.production, maxRetries: 0 });
  anthropic = new Anthropic({ baseURL: atelier.origin, apiKey: atelier.keys.production, authToken: null, maxRetries: 0 });
}, 150_000);
afterAll(() => stop(), 60_000);
afterEach(() => lab.reset());

/** Two calls at once, in the words that every lab understands. */
const TWO_CALLS = 'Do both: call get_weather {"city":"Riga"}, then call get_time {"city":"Oslo"}';
const CALLED = [
  ['get_weather', { city: 'Riga' }],
  ['get_time', { city: 'Oslo' }],
];
const parameters = { type: 'object' as const, properties: { city: { type: 'string' } }, required: ['city'] };
const DATA = PNG.toString('base64');
/** What a model was sent, parsed; the newest last. */
const sent = (kind: string): readonly any[] => lab.requests(kind).map((request) => request.json());
const isOfPng = (body: unknown): boolean => JSON.stringify(body).includes(DATA);

describe("OpenAI's SDK", () => {
  const tools = ['get_weather', 'get_time'].map((name) => ({ type: 'function' as const, function: { name, parameters } }));
  const asked = { role: 'user' as const, content: TWO_CALLS };

  describe.each(MODELS.filter(([, kind]) => kind !== 'openai'))('with %s', (model, kind) => {
    test('streams the arguments of parallel calls, sends the results back and gets the answer', async () => {
      const stream = openai.chat.completions.stream({ model, tools, messages: [asked], stream_options: { include_usage: true } });
      const pieces: string[] = [];
      stream.on('tool_calls.function.arguments.delta', ({ arguments_delta: piece }) => pieces.push(piece));
      const streamed = await stream.finalChatCompletion();
      const whole = await openai.chat.completions.create({ model, tools, messages: [asked] });

      for (const { choices, usage } of [streamed, whole]) {
        const [choice] = choices;
        expect(choice!.finish_reason).toBe('tool_calls');
        expect(choice!.message.tool_calls!.map((call) => call.type === 'function' && nameAndInput(call.function))).toEqual(CALLED);
        expect(new Set(choice!.message.tool_calls!.map(({ id }) => id)).size).toBe(2);
        expect(usage!.completion_tokens).toBeGreaterThan(0);
      }
      // Google hands arguments out whole.
      expect(pieces.filter((piece) => piece !== '').length).toBeGreaterThan(kind === 'gemini' ? 1 : 2);

      const { message } = streamed.choices[0]!;
      const results = message.tool_calls!.map(({ id }, at) => ({
        role: 'tool' as const,
        tool_call_id: id,
        content: ['rain', 'noon'][at]!,
      }));
      const answered = await openai.chat.completions.create({ model, tools, messages: [asked, message, ...results] });
      expect(answered.choices[0]).toMatchObject({ finish_reason: 'stop', message: { content: expect.stringMatching(/rain.*noon/) } });
    });

    test('streams text and sends an image', async () => {
      const parts = [
        { type: 'text' as const, text: 'Look.' },
        { type: 'image_url' as const, image_url: { url: `data:image/png;base64,${DATA}` } },
      ];
      const stream = openai.chat.completions.stream({ model, messages: [{ role: 'user', content: parts }] });
      const pieces: string[] = [];
      stream.on('content', (piece) => pieces.push(piece));
      const { choices } = await stream.finalChatCompletion();

      expect(choices[0]).toMatchObject({ finish_reason: 'stop', message: { content: expect.stringMatching(/^You said: Look\./) } });
      expect(pieces.length).toBeGreaterThan(1);
      expect(pieces.join('')).toBe(choices[0]!.message.content);
      expect(sent(kind).map(isOfPng)).toEqual([true]);
    });

    test.each([
      ['length', 'Tell me a long story, please.', { max_completion_tokens: 3 }],
      ['content_filter', kind === 'gemini' ? '[lab:safety]' : '[lab:refusal]', {}],
      ['stop', 'Hello.', {}],
    ])('is told why an answer ended: %s', async (reason, content, more) => {
      const ask = { model, messages: [{ role: 'user' as const, content }], ...more };
      const whole = await openai.chat.completions.create(ask);
      const reasons: unknown[] = [];
      for await (const { choices } of await openai.chat.completions.create({ ...ask, stream: true }))
        reasons.push(choices[0]?.finish_reason);

      expect(whole.choices[0]!.finish_reason).toBe(reason);
      expect(reasons.filter((one) => typeof one === 'string')).toEqual([reason]);
    });

    test('does the same through responses: calls, their results, the answer', async () => {
      const functions = tools.map((tool) => ({ type: 'function' as const, ...tool.function, strict: false }));
      const first = await openai.responses.stream({ model, tools: functions, input: TWO_CALLS }).finalResponse();
      const calls = first.output.filter((item) => item.type === 'function_call');
      const results = calls.map(({ call_id }, at) => ({ type: 'function_call_output' as const, call_id, output: ['rain', 'noon'][at]! }));
      const second = await openai.responses.create({ model, tools: functions, previous_response_id: first.id, input: results });

      expect(calls.map(nameAndInput)).toEqual(CALLED);
      expect(second).toMatchObject({ status: 'completed', output_text: expect.stringMatching(/rain.*noon/) });
    });
  });
});

describe("Anthropic's SDK", () => {
  const tools = ['get_weather', 'get_time'].map((name) => ({ name, input_schema: parameters }));
  const asked = { role: 'user' as const, content: TWO_CALLS };

  describe.each(MODELS.filter(([, kind]) => kind !== 'anthropic'))('with %s', (model, kind) => {
    const ask = { model, max_tokens: 2_000 };

    test('streams the arguments of parallel calls, sends the results back and gets the answer', async () => {
      const stream = anthropic.messages.stream({ ...ask, tools, messages: [asked] });
      const pieces: string[] = [];
      stream.on('inputJson', (piece) => pieces.push(piece));
      const streamed = await stream.finalMessage();
      const whole = await anthropic.messages.create({ ...ask, tools, messages: [asked] });

      for (const message of [streamed, whole]) {
        const uses = message.content.filter((block) => block.type === 'tool_use');
        expect(message.stop_reason).toBe('tool_use');
        expect(uses.map(({ name, input }) => [name, input])).toEqual(CALLED);
        expect(message.usage.output_tokens).toBeGreaterThan(0);
        // What was thought before calls is given back with them.
        expect(message.content[0]!.type).toBe(model === 'deepseek' ? 'thinking' : 'tool_use');
      }
      expect(pieces.filter((piece) => piece !== '').length).toBeGreaterThan(kind === 'gemini' ? 1 : 2);

      const results = streamed.content
        .filter((block) => block.type === 'tool_use')
        .map(({ id }, at) => ({ type: 'tool_result' as const, tool_use_id: id, content: ['rain', 'noon'][at]! }));
      const messages = [asked, { role: 'assistant' as const, content: streamed.content }, { role: 'user' as const, content: results }];
      const answered = await anthropic.messages.create({ ...ask, tools, messages });
      expect(answered.stop_reason).toBe('end_turn');
      expect(answered.content.at(-1)).toMatchObject({
        type: 'text',
        text: expect.stringMatching(kind === 'gemini' ? /rain.*noon/ : /noon/),
      });
    });

    test('streams text and sends an image', async () => {
      const image = { type: 'image' as const, source: { type: 'base64' as const, media_type: 'image/png' as const, data: DATA } };
      const stream = anthropic.messages.stream({
        ...ask,
        messages: [{ role: 'user', content: [{ type: 'text', text: 'Look.' }, image] }],
      });
      const pieces: string[] = [];
      stream.on('text', (piece) => pieces.push(piece));
      const { content, stop_reason: reason } = await stream.finalMessage();

      expect([reason, content.at(-1)]).toMatchObject(['end_turn', { type: 'text', text: expect.stringMatching(/^You said: Look\./) }]);
      expect(pieces.length).toBeGreaterThan(1);
      expect(sent(kind).map(isOfPng)).toEqual([true]);
    });

    test.each<[string, string, object]>([
      ['max_tokens', 'Tell me a long story, please.', { max_tokens: 3 }],
      ['end_turn', 'Hello.', {}],
      ...(kind === 'gemini' ? [['refusal', '[lab:safety]', {}] as [string, string, object]] : []),
    ])('is told why an answer ended: %s', async (reason, content, more) => {
      const request = { ...ask, messages: [{ role: 'user' as const, content }], ...more };

      expect((await anthropic.messages.create(request)).stop_reason).toBe(reason);
      expect((await anthropic.messages.stream(request).finalMessage()).stop_reason).toBe(reason);
    });
  });
});

function nameAndInput({ name, arguments: written }: { readonly name: string; readonly arguments: string }): readonly [string, unknown] {
  return [name, JSON.parse(written)];
}
