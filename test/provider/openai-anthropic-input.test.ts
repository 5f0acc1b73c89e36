import type { ChatInput } from '../../domain/task/generation';
import { startFakeProvider, type FakeProvider } from '../support/fake-provider';
import { chatCall, openaiAt } from './calls';

let fake: FakeProvider;
beforeAll(async () => {
  fake = await startFakeProvider();
});
afterEach(() => fake.reset());
afterAll(() => fake.close());

/** The body on the wire of a chat that came in this format. */
async function sent(input: Omit<ChatInput, 'operation'>): Promise<Readonly<Record<string, unknown>>> {
  await openaiAt(fake.baseUrl).text.chat({ ...chatCall(''), input: { operation: 'chat', ...input } });
  return fake.requests.at(-1)!.body;
}

const mark = { type: 'ephemeral' };
const weather = { name: 'weather', parameters: { type: 'object' } };
const pixel = { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } };

test('a chat in the format of Anthropic reaches a strict server without what that server would refuse', async () => {
  const body = await sent({
    format: 'anthropic',
    messages: [
      {
        role: 'system',
        content: [
          { type: 'text', text: 'Be brief.', cache_control: mark },
          { type: 'text', text: 'Be kind.' },
        ],
      },
      { role: 'user', content: [{ type: 'text', text: 'Weather?', cache_control: mark }, pixel] },
      {
        role: 'assistant',
        content: null,
        thinking_blocks: [{ type: 'thinking', thinking: 'Hm.', signature: 'c2ln' }],
        reasoning_content: 'Hm.',
        tool_calls: [{ id: 't1', type: 'function', function: { name: 'weather', arguments: '{}' }, cache_control: mark }],
      },
      { role: 'tool', tool_call_id: 't1', content: 'No service.', is_error: true, cache_control: mark },
      { role: 'tool', tool_call_id: 't2', content: 'Error 7: none.', is_error: true },
    ],
    params: {
      max_tokens: 50,
      temperature: 0,
      stop: ['END'],
      user: `user_${'a'.repeat(80)}`,
      tools: [
        { type: 'function', function: weather, cache_control: mark },
        { type: 'web_search_20250305', name: 'web_search' },
      ],
      tool_choice: 'auto',
      thinking: { type: 'adaptive' },
      output_config: { effort: 'high' },
      context_management: { edits: [] },
      top_k: 5,
      anthropic_beta: ['x-2025-01-01'],
    },
  });

  expect(body).toEqual({
    model: 'm',
    messages: [
      { role: 'system', content: 'Be brief.\n\nBe kind.' },
      { role: 'user', content: [{ type: 'text', text: 'Weather?' }, pixel] },
      {
        role: 'assistant',
        content: null,
        reasoning_content: 'Hm.',
        tool_calls: [{ id: 't1', type: 'function', function: { name: 'weather', arguments: '{}' } }],
      },
      { role: 'tool', tool_call_id: 't1', content: 'Error: No service.' },
      { role: 'tool', tool_call_id: 't2', content: 'Error 7: none.' },
    ],
    max_tokens: 50,
    temperature: 0,
    stop: ['END'],
    user: expect.stringMatching(/^[0-9a-f]{64}$/),
    tools: [{ type: 'function', function: weather }],
    tool_choice: 'auto',
  });
});

test('without a tool that the server knows there is no choice of one', async () => {
  const tools = [{ type: 'web_search_20250305', name: 'web_search' }];
  const body = await sent({
    format: 'anthropic',
    messages: [{ role: 'user', content: 'Hi' }],
    params: { tools, tool_choice: 'required', parallel_tool_calls: false, user: 'u' },
  });

  expect(body).toEqual({ model: 'm', messages: [{ role: 'user', content: 'Hi' }], user: 'u' });
});

test('any other chat goes as it came', async () => {
  const messages = [{ role: 'user', content: [{ type: 'text', text: 'Hi', cache_control: mark }] }];
  const params = { tool_choice: 'none', top_k: 5, thinking: { type: 'enabled' }, tools: [{ type: 'builtin_20250101', name: 'x' }] };

  expect(await sent({ messages, params })).toEqual({ model: 'm', messages, ...params });
});
