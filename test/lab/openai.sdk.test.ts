import OpenAI, { toFile } from 'openai';
import { PNG } from './files';
import { startLab, type Lab } from './lab';
import { createOpenAiLab } from './openai';

let lab: Lab;
let client: OpenAI;
beforeAll(async () => {
  lab = await startLab([createOpenAiLab()]);
  client = new OpenAI({ apiKey: 'lab-key', baseURL: `${lab.url('openai')}/v1`, maxRetries: 0 });
});
afterEach(() => lab.reset());
afterAll(() => lab.close());

const F: OpenAI.ChatCompletionTool = { type: 'function', function: { name: 'f', parameters: { type: 'object' } } };

test('openai chats with the lab, whole and streamed, and runs tools', async () => {
  const question = { role: 'user' as const, content: 'call f {"a":1} call f {"a":2}' };
  const asked = { model: 'gpt-4.1', tools: [F], messages: [question] };
  const whole = await client.chat.completions.create(asked);
  const streamed = await client.chat.completions.stream({ ...asked, stream_options: { include_usage: true } }).finalChatCompletion();

  for (const { choices } of [whole, streamed]) {
    expect(choices[0]!.finish_reason).toBe('tool_calls');
    expect(choices[0]!.message.tool_calls).toMatchObject([{ function: { arguments: '{"a":1}' } }, { function: { arguments: '{"a":2}' } }]);
  }
  expect(streamed.usage).toEqual(whole.usage);
  const { message } = whole.choices[0]!;
  const results = message.tool_calls!.map(({ id }) => ({ role: 'tool' as const, tool_call_id: id, content: 'rain' }));
  const answered = await client.chat.completions.create({ ...asked, messages: [question, message, ...results] });
  expect(answered.choices[0]!.message.content).toBe('The tools said: rain');
});

test('openai reads what a DeepSeek model thinks, and must give it back with the calls that came of it', async () => {
  const question = { role: 'user' as const, content: 'call f {"a":1}' };
  const asked = { model: 'deepseek-v4-flash', tools: [F], messages: [question] };
  const { message } = (await client.chat.completions.create(asked)).choices[0]!;
  const thought: string[] = [];
  for await (const { choices } of await client.chat.completions.create({ ...asked, stream: true }))
    thought.push((choices[0]!.delta as { reasoning_content?: string }).reasoning_content ?? '');

  expect(message).toMatchObject({ reasoning_content: 'Thinking about: call f {"a":1}' });
  expect(thought.join('')).toBe('Thinking about: call f {"a":1}');
  const results = message.tool_calls!.map(({ id }) => ({ role: 'tool' as const, tool_call_id: id, content: 'rain' }));
  const answer = (turn: OpenAI.ChatCompletionAssistantMessageParam) =>
    client.chat.completions.create({ ...asked, messages: [question, turn, ...results] });
  expect((await answer(message)).choices[0]!.message.content).toBe('The tools said: rain');
  await expect(answer({ role: 'assistant', tool_calls: message.tool_calls! })).rejects.toThrow('must be passed back');
});

test('openai makes and edits images, and makes a video, at the lab', async () => {
  const made = await client.images.generate({ model: 'gpt-image-2', prompt: 'A boat', n: 2 });
  const edited = await client.images.edit({
    model: 'gpt-image-2',
    prompt: 'A red boat',
    image: await toFile(PNG, 'boat.png', { type: 'image/png' }),
  });
  expect([made.data?.length, edited.data?.length]).toEqual([2, 1]);

  let video = await client.videos.create({ model: 'sora-2', prompt: 'A boat', seconds: '4' });
  for (let looks = 0; looks < 3; looks += 1) video = await client.videos.retrieve(video.id);
  expect(video).toMatchObject({ status: 'completed', seconds: '4' });
  const bytes = Buffer.from(await (await client.videos.downloadContent(video.id)).arrayBuffer());
  expect(bytes.subarray(4, 8).toString()).toBe('ftyp');
});

test('openai reads errors of the lab', async () => {
  const chat = (content: string, more: object = {}) =>
    client.chat.completions.create({ model: 'gpt-4.1', messages: [{ role: 'user', content }], ...more });

  await expect(chat('[lab:auth]')).rejects.toBeInstanceOf(OpenAI.AuthenticationError);
  await expect(chat('[lab:moderated]')).rejects.toMatchObject({ status: 400, code: 'moderation_blocked' });
  await expect(chat('Hi.', { thinking_blocks: [] })).rejects.toThrow("Unknown parameter: 'thinking_blocks'");
  await expect(chat('Hi.', { model: 'gpt-5-mini', max_tokens: 3 })).rejects.toThrow("Unsupported parameter: 'max_tokens'");
  await expect(client.videos.retrieve('video_none')).rejects.toBeInstanceOf(OpenAI.NotFoundError);
});
