import { chunkOf } from '../support/lane';
import { readAll, typesOf } from './events';
import { useResponses } from './use-responses';

const { api, lastInput } = useResponses();
const input = 'Say hello.';

describe('input items', () => {
  const image = 'data:image/png;base64,iVBORw0KGgo=';
  const call = { id: 'call_1', type: 'function', function: { name: 'look', arguments: '{}' } };
  const item = (fields: object) => ({ type: 'message', ...fields });

  test.each<[string, readonly object[], readonly object[]]>([
    ['a message without a type', [{ role: 'user', content: 'Hi' }], [{ role: 'user', content: 'Hi' }]],
    ['one text', [item({ role: 'user', content: [{ type: 'input_text', text: 'Hi' }] })], [{ role: 'user', content: 'Hi' }]],
    ['an empty text', [item({ role: 'user', content: '' })], [{ role: 'user', content: '' }]],
    ['a developer', [item({ role: 'developer', content: 'Be brief.' })], [{ role: 'developer', content: 'Be brief.' }]],
    [
      'text, image and file',
      [
        item({
          role: 'user',
          content: [
            { type: 'input_text', text: 'Look' },
            { type: 'input_image', image_url: image, detail: 'low' },
            { type: 'input_file', filename: 'a.pdf', file_data: 'data:application/pdf;base64,JVBERi0=' },
          ],
        }),
      ],
      [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'Look' },
            { type: 'image_url', image_url: { url: image, detail: 'low' } },
            { type: 'file', file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,JVBERi0=' } },
          ],
        },
      ],
    ],
    [
      'an answer with its reasoning, calls and results as one turn',
      [
        { type: 'reasoning', id: 'rs_1', summary: [], content: [{ type: 'reasoning_text', text: 'Hm.' }] },
        item({ role: 'assistant', content: [{ type: 'output_text', text: 'I look.', annotations: [] }] }),
        { type: 'function_call', call_id: 'call_1', name: 'look', arguments: '{}' },
        { type: 'function_call', call_id: 'call_2', name: 'look', arguments: '{"a":1}' },
        { type: 'function_call_output', call_id: 'call_1', output: 'rain' },
        {
          type: 'function_call_output',
          call_id: 'call_2',
          output: [
            { type: 'input_text', text: 'sun' },
            { type: 'input_image', image_url: image },
          ],
        },
      ],
      [
        {
          role: 'assistant',
          content: 'I look.',
          reasoning_content: 'Hm.',
          tool_calls: [call, { ...call, id: 'call_2', function: { name: 'look', arguments: '{"a":1}' } }],
        },
        { role: 'tool', tool_call_id: 'call_1', content: 'rain' },
        { role: 'tool', tool_call_id: 'call_2', content: 'sun' },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'Images that the tools returned:' },
            { type: 'image_url', image_url: { url: image } },
          ],
        },
      ],
    ],
    [
      'two turns of calls, each with its result',
      [
        { type: 'function_call', call_id: 'call_1', name: 'look', arguments: '{}' },
        { type: 'function_call_output', call_id: 'call_1', output: '' },
        { type: 'function_call', call_id: 'call_2', name: 'look', arguments: '{}' },
        { type: 'function_call_output', call_id: 'call_2', output: 'b' },
      ],
      [
        { role: 'assistant', content: null, tool_calls: [call] },
        { role: 'tool', tool_call_id: 'call_1', content: '' },
        { role: 'assistant', content: null, tool_calls: [{ ...call, id: 'call_2' }] },
        { role: 'tool', tool_call_id: 'call_2', content: 'b' },
      ],
    ],
  ])('become the messages they mean: %s', async (_what, items, messages) => {
    await api.client().responses.create({ model: 'gpt-test', input: items as never });

    expect(lastInput().messages).toEqual(messages);
  });

  test.each<[Record<string, unknown>, string, string]>([
    [{ input: [] }, 'input', 'invalid_value'],
    [{ input: 7 }, 'input', 'invalid_type'],
    [{ input: [{ content: 'x' }] }, 'input[0].role', 'missing_required_parameter'],
    [{ input: [{ role: 'wizard', content: 'x' }] }, 'input[0].role', 'invalid_value'],
    [{ input: [{ role: 'user', content: [{ type: 'input_text' }] }] }, 'input[0].content[0].text', 'missing_required_parameter'],
    [
      { input: [{ role: 'user', content: [{ type: 'input_image', image_url: 'ftp://x' }] }] },
      'input[0].content[0].image_url',
      'invalid_url',
    ],
    [{ input: [{ type: 'function_call', call_id: 'c', name: 'f' }] }, 'input[0].arguments', 'missing_required_parameter'],
    [{ input: [{ type: 'item_reference', id: 'msg_1' }] }, 'input[0].id', 'invalid_value'],
    [{ temperature: 'hot' }, 'temperature', 'invalid_type'],
    [{ max_output_tokens: 0 }, 'max_output_tokens', 'invalid_value'],
    [{ metadata: { a: 1 } }, 'metadata.a', 'invalid_type'],
    [{ tools: [{ type: 'function', name: 'look it up' }] }, 'tools[0].name', 'invalid_value'],
    [{ tools: [{ type: 'mcp', server_label: 'x' }] }, 'tools[0].type', 'unsupported_parameter'],
    [{ tools: [{ type: 'web_search' }], tool_choice: { type: 'web_search' } }, 'tool_choice', 'unsupported_parameter'],
    [{ text: { format: { type: 'json_schema', name: 'x' } } }, 'text.format.schema', 'missing_required_parameter'],
    [{ conversation: 'conv_1' }, 'conversation', 'unsupported_parameter'],
    [{ prompt: { id: 'pmpt_1' } }, 'prompt', 'unsupported_parameter'],
    [{ background: true, store: false }, 'store', 'invalid_value'],
    [{ previous_response_id: 'resp_none' }, 'previous_response_id', 'previous_response_not_found'],
  ])('and fields that are wrong are refused by name: %j', async (change, param, code) => {
    const runs = api.lane.runs.length;

    const answer = await api.call('POST', '/v1/responses', { body: { model: 'gpt-test', input, ...change } });

    expect([answer.status, answer.body.error.param, answer.body.error.code]).toEqual([400, param, code]);
    expect(api.lane.runs).toHaveLength(runs);
  });
});

describe('tools', () => {
  const look = { type: 'function' as const, name: 'look', description: 'Looks.', parameters: { type: 'object' }, strict: false };
  const patch = {
    type: 'custom' as const,
    name: 'apply_patch',
    description: 'Patches.',
    format: { type: 'grammar', syntax: 'lark', definition: 'start: "x"' },
  };

  test('are functions of the chat, and its calls are items with their arguments', async () => {
    api.lane.script.choice = {
      message: {
        role: 'assistant',
        content: null,
        tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'look', arguments: '{"a":1}' } }],
      },
    };

    const response = await api.client().responses.create({
      model: 'gpt-test',
      input,
      tools: [look],
      tool_choice: { type: 'function', name: 'look' },
      parallel_tool_calls: false,
    });

    const { type: _type, ...described } = look;
    expect(lastInput().params).toEqual({
      tools: [{ type: 'function', function: described }],
      tool_choice: { type: 'function', function: { name: 'look' } },
      parallel_tool_calls: false,
    });
    expect(response.output).toEqual([
      {
        id: expect.stringMatching(/^fc_/),
        type: 'function_call',
        status: 'completed',
        call_id: 'call_1',
        name: 'look',
        arguments: '{"a":1}',
      },
    ]);
    expect(response.tools).toEqual([look]);
  });

  test('only allowed ones are given', async () => {
    await api.client().responses.create({
      model: 'gpt-test',
      input,
      tools: [look, { ...look, name: 'other' }],
      tool_choice: { type: 'allowed_tools', mode: 'required', tools: [{ type: 'function', name: 'look' }] },
    });

    expect(lastInput().params).toMatchObject({ tools: [{ function: { name: 'look' } }], tool_choice: 'required' });
    expect(lastInput().params.tools).toHaveLength(1);
  });

  test('that only OpenAI has are left out and named', async () => {
    const answer = await api.call('POST', '/v1/responses', {
      body: { model: 'gpt-test', input, tools: [look, { type: 'web_search' }], truncation: 'auto', client_metadata: { a: 'b' } },
    });

    expect(answer.headers.get('x-atelier-dropped')).toBe('tools.web_search, client_metadata, truncation');
    expect(lastInput().params.tools).toHaveLength(1);
  });

  test('of free text and shells are functions to the model, and what they are to the client, also streamed and sent back', async () => {
    const calls = [
      { index: 0, id: 'call_1', type: 'function', function: { name: 'apply_patch', arguments: '{"input":"*** Begin"}' } },
      { index: 1, id: 'call_2', type: 'function', function: { name: 'local_shell', arguments: '{"command":["ls","-l"]}' } },
    ];
    api.lane.script = { ...api.lane.script, chunks: [chunkOf({ tool_calls: calls }), chunkOf({}, 'tool_calls')] };
    const stream = api.client().responses.stream({ model: 'gpt-test', input, tools: [patch as never, { type: 'local_shell' }] });
    const types = typesOf(await readAll(stream));
    const { output } = await stream.finalResponse();

    expect(lastInput().params.tools.map((tool: any) => tool.function.name)).toEqual(['apply_patch', 'local_shell']);
    expect(lastInput().params.tools[0].function.description).toContain('start: "x"');
    expect(types).toContain('response.custom_tool_call_input.done');
    expect(output).toMatchObject([
      { type: 'custom_tool_call', call_id: 'call_1', name: 'apply_patch', input: '*** Begin' },
      { type: 'local_shell_call', call_id: 'call_2', action: { type: 'exec', command: ['ls', '-l'] } },
    ]);

    const results = [
      { type: 'custom_tool_call_output', call_id: 'call_1', output: 'Done!' },
      { type: 'local_shell_call_output', call_id: 'call_2', output: 'a.txt' },
    ];
    await api.client().responses.create({ model: 'gpt-test', input: [...output, ...results] as never });
    expect(lastInput().messages).toMatchObject([
      { role: 'assistant', tool_calls: [{ function: calls[0]!.function }, { id: 'call_2', function: { name: 'local_shell' } }] },
      { role: 'tool', tool_call_id: 'call_1', content: 'Done!' },
      { role: 'tool', tool_call_id: 'call_2', content: 'a.txt' },
    ]);
  });
});
