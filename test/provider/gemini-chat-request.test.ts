import { droppedParams } from '../../adapters/providers/kinds';
import { chatCall, failureOf, provider, sandbox } from './calls';
import { clock, MODEL, useGemini, weather } from './gemini-chats';

const { gemini, ask, lab } = useGemini();

test('supports: gemini: image input: bytes go along, links are left to Google', async () => {
  const content = [
    { type: 'text', text: 'What is this?' },
    { type: 'image_url', image_url: { url: 'data:image/png;base64,aGVsbG8=', detail: 'low' } },
    { type: 'image_url', image_url: { url: 'https://example.com/a.webp?x=1' } },
    { type: 'input_audio', input_audio: { data: 'aGVsbG8=', format: 'mp3' } },
    { type: 'file', file: { file_data: 'data:application/pdf;base64,aGVsbG8=', filename: 'a.pdf' } },
  ];
  const { body } = await ask({
    messages: [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content },
      { role: 'developer', content: [{ type: 'text', text: 'In French.' }] },
    ],
  });

  expect(body).toEqual({
    systemInstruction: { parts: [{ text: 'Be brief.' }, { text: 'In French.' }] },
    contents: [
      {
        role: 'user',
        parts: [
          { text: 'What is this?' },
          { inlineData: { mimeType: 'image/png', data: 'aGVsbG8=' } },
          { fileData: { mimeType: 'image/webp', fileUri: 'https://example.com/a.webp?x=1' } },
          { inlineData: { mimeType: 'audio/mp3', data: 'aGVsbG8=' } },
          { inlineData: { mimeType: 'application/pdf', data: 'aGVsbG8=' } },
        ],
      },
    ],
  });
});

test.each<[Record<string, unknown>, Record<string, unknown>]>([
  [
    {
      temperature: 0,
      top_p: 0,
      seed: 0,
      max_tokens: 5,
      max_completion_tokens: 7,
      stop: 'END',
      presence_penalty: 0,
      frequency_penalty: 0.5,
    },
    { temperature: 0, topP: 0, seed: 0, maxOutputTokens: 7, stopSequences: ['END'], presencePenalty: 0, frequencyPenalty: 0.5 },
  ],
  [
    { stop: ['a', 'b'], n: 2 },
    { stopSequences: ['a', 'b'], candidateCount: 2 },
  ],
  [
    { logprobs: true, top_logprobs: 0 },
    { responseLogprobs: true, logprobs: 0 },
  ],
  [{ response_format: { type: 'json_object' } }, { responseMimeType: 'application/json' }],
  [
    { response_format: { type: 'json_schema', json_schema: { name: 'x', strict: true, schema: { type: 'object' } } } },
    { responseMimeType: 'application/json', responseJsonSchema: { type: 'object' } },
  ],
  [{ reasoning_effort: 'high' }, { thinkingConfig: { thinkingLevel: 'high', includeThoughts: true } }],
  [{ reasoning_effort: 'none' }, { thinkingConfig: { thinkingLevel: 'minimal', includeThoughts: false } }],
  [{ extra_body: { google: { thinking_config: { thinking_budget: 0 } } } }, { thinkingConfig: { thinkingBudget: 0 } }],
])('parameters %j are %j', async (params, generationConfig) => {
  const { body } = await ask({ params });

  expect(body).toEqual({ contents: [{ role: 'user', parts: [{ text: 'Hello' }] }], generationConfig });
});

test('models of the second generation think in tokens', async () => {
  const { body } = await ask({ model: 'gemini-2.5-pro', params: { reasoning_effort: 'medium' } });

  expect(body['generationConfig']).toEqual({ thinkingConfig: { thinkingBudget: 8192, includeThoughts: true } });
});

test.each<[unknown, unknown]>([
  ['auto', { mode: 'AUTO' }],
  ['required', { mode: 'ANY' }],
  ['none', { mode: 'NONE' }],
  [
    { type: 'function', function: { name: 'clock' } },
    { mode: 'ANY', allowedFunctionNames: ['clock'] },
  ],
  [
    { type: 'allowed_tools', allowed_tools: { mode: 'auto', tools: [clock] } },
    { mode: 'VALIDATED', allowedFunctionNames: ['clock'] },
  ],
])('tool_choice %j is %j', async (toolChoice, functionCallingConfig) => {
  const { body } = await ask({ params: { tools: [weather, clock, { googleSearch: {} }], tool_choice: toolChoice } });

  expect(body['toolConfig']).toEqual({ functionCallingConfig });
  expect(body['tools']).toEqual([
    {
      functionDeclarations: [
        {
          name: 'weather',
          description: 'The weather',
          parametersJsonSchema: { type: 'object', properties: { city: { type: 'string' } } },
        },
        { name: 'clock' },
      ],
    },
    { googleSearch: {} },
  ]);
});

test("a route's options lie under the request, its generationConfig field by field", async () => {
  const safetySettings = [{ category: 'HARM_CATEGORY_HARASSMENT', threshold: 'BLOCK_ONLY_HIGH' }];
  const { body } = await ask({
    params: { temperature: 0 },
    options: { safetySettings, generationConfig: { temperature: 1, topK: 3 } },
  });

  expect(body).toMatchObject({ safetySettings, generationConfig: { temperature: 0, topK: 3 } });
});

test.each<[unknown[], string]>([
  [[{ role: 'tool', tool_call_id: 'call_9', content: 'x' }], 'messages[0].tool_call_id'],
  [[{ role: 'user', content: [{ type: 'hologram' }] }], 'messages[0].content[0]'],
])('messages %j name what is at fault', async (messages, param) => {
  const failure = await failureOf(ask({ messages }));

  expect(failure.facts.param).toBe(param);
  expect(lab().requests('gemini')).toHaveLength(0);
});

test('the version of the API is v1 unless the options or the base URL say another', async () => {
  const paths = async (changes: Parameters<typeof provider>[0]) => {
    await gemini(changes).text.chat(chatCall('Hello', { model: MODEL }));
    return lab().requests('gemini').at(-1)?.path;
  };

  expect([
    await paths({}),
    await paths({ options: { api_version: 'v1beta' } }),
    await paths({ baseUrl: `${lab().url('gemini')}/v1beta` }),
  ]).toEqual([`/v1/models/${MODEL}:generateContent`, `/v1beta/models/${MODEL}:generateContent`, `/v1beta/models/${MODEL}:generateContent`]);
});

describe('a chat that came in the format of Anthropic', () => {
  const search = { type: 'web_search_20250305', name: 'web_search', max_uses: 2 };
  const chosen = (name: string) => ({ type: 'function', function: { name } });
  const marked = { ...weather, cache_control: { type: 'ephemeral' } };
  const given = (params: Record<string, unknown>, messages?: unknown[]) => {
    const call = chatCall('Hello', { model: MODEL, params, ...(messages === undefined ? {} : { messages }) });
    return { ...call, input: { ...call.input, format: 'anthropic' as const } };
  };

  test.each<[Record<string, unknown>, string | undefined, readonly string[]]>([
    [{ tools: [search, marked], tool_choice: 'required' }, 'ANY', ['tools.web_search']],
    [{ tools: [search, marked], tool_choice: chosen('weather') }, 'ANY', ['tools.web_search']],
    [{ tools: [search, marked], tool_choice: chosen('web_search') }, undefined, ['tool_choice', 'tools.web_search']],
    [{ tools: [search], tool_choice: 'required' }, undefined, ['tools', 'tool_choice', 'tools.web_search']],
  ])('loses the tools that Anthropic defines, which the answer names, at every kind: %j', async (params, mode, dropped) => {
    await gemini().text.chat(given(params));
    const body = lab().requests('gemini').at(-1)?.json() as { tools?: unknown; toolConfig?: any };

    const { description, name, parameters } = weather.function;
    const declared = [{ functionDeclarations: [{ name, description, parametersJsonSchema: parameters }] }];
    expect(body.tools).toEqual(dropped.includes('tools') ? undefined : declared);
    expect(body.toolConfig?.functionCallingConfig.mode).toBe(mode);
    for (const kind of ['gemini', 'openai', 'sandbox']) {
      expect([kind, droppedParams(provider({ kind }), 'm', { operation: 'chat', params, format: 'anthropic' })]).toEqual([kind, dropped]);
    }
    expect((await sandbox().text.chat({ ...given(params), model: 'sandbox-text' })).choices).toHaveLength(1);
  });

  test('says in words that a tool failed', async () => {
    const call = { id: 'call_1', type: 'function', function: { name: 'weather', arguments: '{}' } };
    await gemini().text.chat(
      given({}, [
        { role: 'user', content: 'Hello' },
        { role: 'assistant', content: null, tool_calls: [call] },
        { role: 'tool', tool_call_id: 'call_1', content: 'no such city', is_error: true },
      ]),
    );

    expect(JSON.stringify(lab().requests('gemini').at(-1)?.json())).toContain('Error: no such city');
  });
});
