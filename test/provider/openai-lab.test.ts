import { createProviderRegistry } from '../../adapters/providers/registry';
import { startLab, type Lab } from '../lab/lab';
import { PNG } from '../lab/files';
import { createOpenAiLab } from '../lab/openai';
import { chatCall, collector, file, job, mediaCall, provider } from './calls';
import { testChatFaults, testFaults } from './fault-matrix';

let lab: Lab;
const vendor = createOpenAiLab();
beforeAll(async () => {
  lab = await startLab([vendor]);
});
afterEach(() => lab.reset());
afterAll(() => lab.close());

const adapter = (options: Record<string, unknown> = {}) =>
  createProviderRegistry()(provider({ baseUrl: `${lab.url('openai')}/v1`, options }));
const F = { type: 'function', function: { name: 'f', parameters: { type: 'object' } } };

test('supports: openai: stream: pieces of a text come in order, with usage', async () => {
  const { chunks, onChunk } = collector();
  const { choices, usage } = await adapter().text!.chat(chatCall('Hello.', { model: 'gpt-4.1', onChunk }));

  expect(chunks.map(({ choices: [choice] }) => (choice?.delta as Record<string, string> | undefined)?.['content'] ?? '').join('')).toBe(
    'You said: Hello.',
  );
  expect(choices[0]).toMatchObject({ message: { content: 'You said: Hello.' }, finish_reason: 'stop' });
  expect(usage?.usage.outputTokens).toBeGreaterThan(0);
});

test('supports: openai: tools: parallel calls come with their arguments', async () => {
  for (const onChunk of [undefined, () => undefined]) {
    const call = chatCall('call f {"a":1} call f {"a":2}', {
      model: 'gpt-4.1',
      params: { tools: [F] },
      ...(onChunk === undefined ? {} : { onChunk }),
    });
    const { choices } = await adapter().text!.chat(call);

    expect(choices[0]).toMatchObject({
      message: { tool_calls: [{ function: { arguments: '{"a":1}' } }, { function: { arguments: '{"a":2}' } }] },
      finish_reason: 'tool_calls',
    });
  }
});

test("supports: openai: text: what came of Claude is answered by OpenAI's strict server", async () => {
  const text = adapter({ quirks: 'openai' }).text!;
  const mark = { cache_control: { type: 'ephemeral' } };
  const assistant = {
    role: 'assistant',
    content: null,
    reasoning_content: 'Hm.',
    thinking_blocks: [{ type: 'thinking', thinking: 'Hm.', signature: 's' }],
    tool_calls: [{ id: 'toolu_1', type: 'function', function: { name: 'f', arguments: '{}' } }],
  };
  const messages = [
    { role: 'user', content: [{ type: 'text', text: 'Go.', ...mark }] },
    assistant,
    { role: 'tool', tool_call_id: 'toolu_1', content: 'rain' },
  ];
  const params = {
    max_tokens: 50,
    temperature: 0.5,
    top_k: 3,
    thinking: { type: 'adaptive' },
    stop_sequences: ['x'],
    tools: [{ ...F, ...mark }],
  };
  const { chunks, onChunk } = collector();
  const answer = await text.chat(chatCall('', { model: 'gpt-5-mini', messages, params, onChunk }));

  expect(answer.choices[0]).toMatchObject({ message: { content: 'The tools said: rain' }, finish_reason: 'stop' });
  expect(chunks.length).toBeGreaterThan(2);
});

test.each([false, true])(
  'supports: openai: reasoning: thought comes beside the text and goes back with its calls (streamed: %s)',
  async (isStreamed) => {
    const text = adapter({ quirks: 'deepseek' }).text!;
    const { chunks, onChunk } = collector();
    const model = 'deepseek-v4-flash';
    const asked = { role: 'user', content: 'call f {"a":1}' };
    const params = { tools: [F] };
    const called = await text.chat(chatCall('', { model, messages: [asked], params, ...(isStreamed ? { onChunk } : {}) }));
    const { message } = called.choices[0] as { message: { role: string; tool_calls: { id: string }[] } };

    expect(message).toMatchObject({ reasoning_content: 'Thinking about: call f {"a":1}', tool_calls: [{ function: { name: 'f' } }] });
    expect(called.usage?.usage.reasoningTokens).toBeGreaterThan(0);
    const thought = chunks.map(({ choices: [one] }) => (one?.delta as Record<string, string> | undefined)?.['reasoning_content'] ?? '');
    expect(thought.join('')).toBe(isStreamed ? 'Thinking about: call f {"a":1}' : '');
    expect(thought.filter((piece) => piece !== '').length > 1).toBe(isStreamed);

    const messages = [asked, message, { role: 'tool', tool_call_id: message.tool_calls[0]!.id, content: 'rain' }];
    const answered = await text.chat(chatCall('', { model, messages, params }));
    expect(answered.choices[0]).toMatchObject({ message: { content: 'The tools said: rain' }, finish_reason: 'stop' });
  },
);

test('supports: openai: reasoning: an effort of none switches it off', async () => {
  const params = { reasoning_effort: 'none' };
  const { choices } = await adapter({ quirks: 'deepseek' }).text!.chat(chatCall('Hello.', { model: 'deepseek-v4-flash', params }));

  expect(choices[0]).toMatchObject({ message: { content: 'You said: Hello.' } });
  expect((choices[0] as { message: object }).message).not.toHaveProperty('reasoning_content');
});

test('supports: openai: text-to-video: a job is made, looked at and opened', async () => {
  const media = adapter().media!;
  const submitted = await media.submit(mediaCall('video', 'A boat', { model: 'sora-2', output: { duration_s: 8, size: '1280x720' } }));
  const id = submitted.upstreamId!;
  const states = [];
  for (let looks = 0; looks < 3; looks += 1) states.push((await media.poll(job(id))).state);

  expect(states).toEqual(['pending', 'pending', 'completed']);
});

test('supports: openai: image input: a data URL and a link go along, whole and streamed', async () => {
  const urls = [`data:image/png;base64,${PNG.toString('base64')}`, 'https://images.example/boat.png'];
  const parts = urls.map((url) => ({ type: 'image_url', image_url: { url, detail: 'low' } }));
  const messages = [{ role: 'user', content: [{ type: 'text', text: 'Look.' }, ...parts] }];
  for (const streamed of [{}, { onChunk: () => undefined }]) {
    const { choices } = await adapter().text!.chat(chatCall('', { model: 'gpt-4.1', messages, ...streamed }));
    expect(choices[0]).toMatchObject({ message: { content: 'You said: Look.' } });
  }
  expect(lab.requests('openai').map((request) => (request.json() as { messages: unknown }).messages)).toEqual([messages, messages]);
});

test('supports: openai: seed: seed 0 of a chat is sent', async () => {
  await adapter().text!.chat(chatCall('Hello.', { model: 'gpt-4.1', params: { seed: 0 } }));

  expect(lab.requests('openai')[0]?.json()).toMatchObject({ seed: 0 });
});

const imagesOf = (count: number) => ({
  state: 'completed',
  result: { outputs: Array.from({ length: count }, () => ({ from: 'bytes', bytes: PNG })), usage: { images: count } },
});

test('supports: openai: text-to-image: images come with their bytes', async () => {
  const call = mediaCall('image', 'A boat', { model: 'gpt-image-2', output: { n: 2, size: '1024x1024', quality: 'low', format: 'webp' } });

  expect(await adapter().media!.submit(call)).toMatchObject(imagesOf(2));
  expect(lab.requests('openai')[0]?.json()).toMatchObject({ n: 2, size: '1024x1024', quality: 'low', output_format: 'webp' });
});

test.each([
  ['supports: openai: image-to-image', ['reference', 'mask'], ['image', 'mask']],
  ['supports: openai: several references', ['reference', 'subject'], ['image[]', 'image[]']],
])('%s: the images go along in one form', async (_title, roles, fields) => {
  const images = roles.map((role) => file(role, PNG));

  expect(await adapter().media!.submit(mediaCall('image', 'A hat', { model: 'gpt-image-2', images }))).toMatchObject(imagesOf(1));
  const { files } = await lab.requests('openai')[0]!.form();
  expect(files.map(({ field }) => field)).toEqual(fields);
});

test('supports: openai: image-to-video: a first frame goes along as a file', async () => {
  const submission = await adapter().media!.submit(mediaCall('video', 'A boat', { model: 'sora-2', images: [file('first_frame', PNG)] }));

  expect(submission.state).toBe('accepted');
  const { files } = await lab.requests('openai')[0]!.form();
  expect(files.map(({ field }) => field)).toEqual(['input_reference']);
});

test('supports: openai: cancel: a video that is being made is deleted', async () => {
  const media = adapter().media!;
  const { upstreamId } = await media.submit(mediaCall('video', 'A boat', { model: 'sora-2' }));

  expect(await media.cancel!(job(upstreamId!))).toBe(true);
  expect(lab.requests('openai').map(({ method }) => method)).toEqual(['POST', 'DELETE']);
});

testChatFaults({ kind: 'openai', lab: () => lab, text: () => adapter().text!, model: 'gpt-4.1', made: vendor.made });
testFaults({ kind: 'openai', lab: () => lab, media: () => adapter().media!, call: { kind: 'video', model: 'sora-2' }, made: vendor.made });
