import { ADMIN_KEY, KEYS, useApi } from './support/api';

const api = useApi();
const messages = [{ role: 'user', content: 'Say hello.' }];
const chat = (changes: object) => ({ model: 'gpt-test', messages, ...changes });

test.each([
  ['no model', { messages }, 400, 'missing_required_parameter', 'model'],
  ['no messages', { model: 'gpt-test' }, 400, 'missing_required_parameter', 'messages'],
  ['empty messages', chat({ messages: [] }), 400, 'invalid_value', 'messages'],
  ['messages of a wrong type', chat({ messages: 'hello' }), 400, 'invalid_type', 'messages'],
  ['content of a wrong type', chat({ messages: [{ role: 'user', content: 3 }] }), 400, 'invalid_type', 'messages[0].content'],
  ['an unknown role', chat({ messages: [{ role: 'boss', content: 'x' }] }), 400, 'invalid_value', 'messages[0].role'],
  ['a message without role', chat({ messages: [{ content: 'x' }] }), 400, 'missing_required_parameter', 'messages[0].role'],
  ['stream of a wrong type', chat({ stream: 'yes' }), 400, 'invalid_type', 'stream'],
  ['n of zero', chat({ n: 0 }), 400, 'invalid_value', 'n'],
  ['n of a fraction', chat({ n: 1.5 }), 400, 'invalid_value', 'n'],
  ['negative tokens', chat({ max_tokens: -1 }), 400, 'invalid_value', 'max_tokens'],
  ['tools of a wrong type', chat({ tools: {} }), 400, 'invalid_type', 'tools'],
  ['an unknown model', chat({ model: 'gpt-tset' }), 404, 'model_not_found', 'model'],
  ['a model without price', chat({ model: 'unpriced' }), 400, 'model_not_priced', 'model'],
  ['a model of another modality', chat({ model: 'image-test' }), 400, 'invalid_value', 'model'],
  [
    'a prompt of a megabyte',
    chat({ messages: [{ role: 'user', content: 'x'.repeat(1_000_000) }] }),
    400,
    'context_length_exceeded',
    'messages',
  ],
  ['more output than the window', chat({ max_tokens: 8_001 }), 400, 'context_length_exceeded', 'messages'],
])('a chat with %s is refused by name and costs nothing', async (_what, body, status, code, param) => {
  const runs = api.lane.runs.length;

  const answer = await api.call('POST', '/v1/chat/completions', { body });

  expect([answer.status, answer.body.error.code, answer.body.error.param]).toEqual([status, code, param]);
  expect(Object.keys(answer.body.error)).toEqual(['message', 'type', 'param', 'code']);
  expect(answer.headers.get('x-request-id')).toMatch(/^req_/);
  expect(answer.headers.get('x-atelier-run-id')).toBeNull();
  expect(api.lane.runs).toHaveLength(runs);
});

test('a mistyped model name gets the close one named', async () => {
  const answer = await api.call('POST', '/v1/chat/completions', { body: chat({ model: 'gpt-tset' }) });

  expect(answer.body.error.message).toContain('Did you mean "gpt-test"?');
});

test('a model that the key may not use is forbidden', async () => {
  const answer = await api.call('POST', '/v1/chat/completions', { key: KEYS.poor, body: chat({ model: 'embed-test' }) });

  expect([answer.status, answer.body.error.code]).toEqual([403, 'model_not_allowed']);
});

test('the admin key does not generate, and is told why', async () => {
  const answer = await api.call('POST', '/v1/chat/completions', { key: ADMIN_KEY, body: chat({}) });

  expect([answer.status, answer.body.error.code]).toEqual([403, 'model_not_allowed']);
  expect(answer.body.error.message).toContain('admin key');
});

test('invalid JSON says where it breaks', async () => {
  const answer = await api.call('POST', '/v1/chat/completions', { body: '{"model": ' });

  expect([answer.status, answer.body.error.code]).toEqual([400, 'invalid_json']);
});

test('a body that is no object is refused', async () => {
  const answer = await api.call('POST', '/v1/chat/completions', { body: '[]' });

  expect([answer.status, answer.body.error.code]).toEqual([400, 'invalid_json']);
});

test('a body of another content type is refused', async () => {
  const answer = await api.call('POST', '/v1/chat/completions', { body: 'a=b', headers: { 'content-type': 'text/plain' } });

  expect([answer.status, answer.body.error.code]).toEqual([415, 'unsupported_media_type']);
});

test('a body over the cap is refused before it is looked at', async () => {
  const answer = await api.call('POST', '/v1/chat/completions', { key: null, body: `{"x":"${'x'.repeat(33 * 1024 * 1024)}"}` });

  expect([answer.status, answer.body.error.code]).toEqual([413, 'request_too_large']);
});

test('a body over the cap that does not say its length is refused too', async () => {
  const piece = new Uint8Array(1024 * 1024).fill(0x20);
  let sent = 0;
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      sent += 1;
      if (sent > 40) controller.close();
      else controller.enqueue(piece);
    },
  });

  const response = await fetch(`${api.origin}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${KEYS.site}`, 'content-type': 'application/json' },
    body,
    duplex: 'half',
  });

  expect(response.status).toBe(413);
});

test.each([
  ['no key', null, {}],
  ['an unknown key', 'sk-nobody', {}],
  ['a header that is no bearer', null, { authorization: 'Basic abc' }],
])('%s is 401 and says what to do', async (_what, key, headers) => {
  const answer = await api.call('GET', '/v1/models', { key, headers });

  expect([answer.status, answer.body.error.code, answer.body.error.type]).toEqual([401, 'invalid_api_key', 'authentication_error']);
  expect(answer.body.error.message.length).toBeGreaterThan(30);
});

test('an Idempotency-Key that is too long is refused', async () => {
  const answer = await api.call('POST', '/v1/chat/completions', { body: chat({}), headers: { 'idempotency-key': 'k'.repeat(256) } });

  expect([answer.status, answer.body.error.param]).toEqual([400, 'Idempotency-Key']);
});

test("the client's own request id is said back", async () => {
  const answer = await api.call('GET', '/v1/models', { headers: { 'x-client-request-id': 'mine-1' } });

  expect(answer.headers.get('x-client-request-id')).toBe('mine-1');
});

test.each([
  ['an empty input', { input: '' }, 'invalid_value'],
  ['an empty list', { input: [] }, 'invalid_value'],
  ['an input of a wrong type', { input: 3 }, 'invalid_type'],
  ['no input', {}, 'missing_required_parameter'],
])('embeddings with %s are refused', async (_what, body, code) => {
  const answer = await api.call('POST', '/v1/embeddings', { body: { model: 'embed-test', ...body } });

  expect([answer.status, answer.body.error.code, answer.body.error.param]).toEqual([400, code, 'input']);
});

test.each([
  ['a chat', 'POST', '/v1/chat/completions', chat({ messages: [{ role: 'user', content: 'a\u0000b \ud800' }] }), 200],
  ['a name in it', 'POST', '/v1/chat/completions', chat({ 'a\u0000b': 1, nested: { '\u0000': '\u0000' } }), 200],
  ['a model', 'POST', '/v1/chat/completions', chat({ model: 'a\u0000b' }), 404],
  ['a task', 'GET', '/v1/tasks/task_%00', undefined, 404],
  ['a path that cannot be decoded', 'GET', '/v1/tasks/%ff', undefined, 404],
  ['a filter', 'GET', '/v1/tasks?model=%00', undefined, 400],
  ['a cursor', 'GET', '/v1/tasks?after=%00', undefined, 400],
  ['an external_id', 'POST', '/v1/tasks', { type: 'image', model: 'image-test', input: { prompt: 'x' }, external_id: '\0' }, 400],
  ['an asset_id', 'POST', '/v1/tasks', { type: 'image', model: 'image-test', input: { prompt: 'x', images: [{ asset_id: '\0' }] } }, 400],
  ['metadata', 'POST', '/v1/tasks', { type: 'image', model: 'image-test', input: { prompt: 'x' }, metadata: { k: '\0' } }, 400],
  ['a prompt', 'POST', '/v1/tasks', { type: 'image', model: 'image-test', input: { prompt: 'x\0' } }, 202],
])('characters that a database cannot store, in %s, are no fault of ours', async (_what, method, path, body, status) => {
  const answer = await api.call(method, path, { body });

  expect(answer.status).toBe(status);
});
