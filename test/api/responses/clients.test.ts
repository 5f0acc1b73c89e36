import { chunkOf } from '../support/lane';
import { useResponses } from './use-responses';

const { api, lastInput } = useResponses();
const input = 'Say hello.';

describe('clients', () => {
  const shell = { type: 'function', name: 'shell', description: 'Runs a command.', strict: false, parameters: { type: 'object' } };

  test('Codex CLI has its body answered by events that end as completed', async () => {
    const answer = await api.call('POST', '/v1/responses', {
      headers: { accept: 'text/event-stream', originator: 'codex_cli_rs' },
      body: {
        model: 'gpt-test',
        instructions: 'You are Codex.',
        input: [
          { type: 'message', role: 'developer', content: [{ type: 'input_text', text: '<permissions>' }] },
          { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'List the files.' }] },
          { type: 'reasoning', summary: [{ type: 'summary_text', text: 'Look.' }], content: null, encrypted_content: 'gAAAA' },
          { type: 'function_call', name: 'shell', arguments: '{"command":["ls"]}', call_id: 'call_1' },
          { type: 'function_call_output', call_id: 'call_1', output: '{"output":"a.txt"}' },
        ],
        tools: [
          shell,
          { type: 'custom', name: 'apply_patch', format: { type: 'grammar', syntax: 'lark', definition: 'start: x' } },
          { type: 'web_search' },
        ],
        tool_choice: 'auto',
        parallel_tool_calls: false,
        reasoning: { effort: 'medium', summary: 'auto' },
        store: false,
        stream: true,
        include: ['reasoning.encrypted_content'],
        prompt_cache_key: '0199',
        text: { verbosity: 'low' },
        client_metadata: { installation: 'x' },
      },
    });

    expect([answer.status, answer.text.trimEnd().split('\n\n').at(-1)?.split('\n')[0]]).toEqual([200, 'event: response.completed']);
    expect(answer.headers.get('x-atelier-dropped')).toBe('tools.web_search, client_metadata');
    expect(lastInput().messages.map(({ role }: { role: string }) => role)).toEqual(['system', 'developer', 'user', 'assistant', 'tool']);
    expect(lastInput().messages[3].reasoning_content).toBe('Look.');
  });

  test.each(['/v1/chat/completions', '/v1/cursor/chat/completions', '/cursor/chat/completions'])(
    'Cursor sends the body of a response to %s and reads the chunks of a chat',
    async (path) => {
      api.lane.script.chunks = [chunkOf({ content: 'Hello.' }), chunkOf({}, 'stop')];
      const body = {
        model: 'gpt-test',
        input: [{ role: 'user', content: input }],
        tools: [shell],
        include: [],
        reasoning: { effort: 'low' },
      };

      const streamed = await api.call('POST', path, { body: { ...body, stream: true, stream_options: { include_usage: true } } });
      const whole = await api.call('POST', path, { body });

      const lines = streamed.text.trimEnd().split('\n\n');
      expect(lines.at(-1)).toBe('data: [DONE]');
      expect(JSON.parse(lines[0]!.slice('data: '.length)).object).toBe('chat.completion.chunk');
      expect(whole.body).toMatchObject({ object: 'chat.completion', choices: [{ message: { content: 'Hello.' } }] });
      const { type: _type, ...described } = shell;
      expect(lastInput()).toEqual({
        operation: 'chat',
        messages: [{ role: 'user', content: input }],
        params: { reasoning_effort: 'low', tools: [{ type: 'function', function: described }] },
      });
    },
  );
});
