import type { Response } from 'openai/resources/responses/responses';
import { KEYS } from '../support/api';
import { useResponses } from './use-responses';

const { api, lastInput } = useResponses();
const input = 'Say hello.';

describe('a response', () => {
  test('is what the stock SDK expects, names its run, and is retrieved as it was answered', async () => {
    const { data, response } = await api
      .client()
      .responses.create({ model: 'gpt-test', input, instructions: 'Be kind.', metadata: { job: '7' }, temperature: 0 })
      .withResponse();

    expect(data.output_text).toBe('Hello.');
    expect(data.id.replace('resp_', 'task_')).toBe(response.headers.get('x-atelier-run-id'));
    expect(data).toMatchObject({
      object: 'response',
      status: 'completed',
      model: 'gpt-test',
      instructions: 'Be kind.',
      metadata: { job: '7' },
      temperature: 0,
      usage: { input_tokens: 10, output_tokens: 5, total_tokens: 15, input_tokens_details: { cached_tokens: 0 } },
      output: [
        { type: 'message', role: 'assistant', status: 'completed', content: [{ type: 'output_text', text: 'Hello.', annotations: [] }] },
      ],
    });
    expect(lastInput()).toMatchObject({
      messages: [
        { role: 'system', content: 'Be kind.' },
        { role: 'user', content: input },
      ],
      params: { temperature: 0 },
    });
    const stored = await api.client().responses.retrieve(data.id);
    const timeless = ({ created_at: _created, completed_at: _completed, ...rest }: Response) => rest;
    expect(timeless(stored)).toEqual(timeless(data));
  });

  test('is a task, with the metadata of its request', async () => {
    const { id } = await api.client().responses.create({ model: 'gpt-test', input, metadata: { job: '8' } });

    const task = await api.call('GET', `/v1/tasks/${id.replace('resp_', 'task_')}`);

    expect(task.body).toMatchObject({ type: 'text', status: 'succeeded', text: 'Hello.', metadata: { job: '8' } });
  });

  test.each([
    ['length', { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' }, output: [{ status: 'incomplete' }] }],
    ['content_filter', { status: 'incomplete', incomplete_details: { reason: 'content_filter' } }],
    ['stop', { status: 'completed', incomplete_details: null }],
  ])('that ended by "%s" says so', async (finishReason, expected) => {
    api.lane.script.choice = { finish_reason: finishReason };

    expect(await api.client().responses.create({ model: 'gpt-test', input })).toMatchObject(expected);
  });

  test('takes structured output, reasoning and limits to the chat they mean', async () => {
    const format = { type: 'json_schema' as const, name: 'city', schema: { type: 'object' }, strict: true };

    const response = await api.client().responses.create({
      model: 'gpt-test',
      input,
      text: { format, verbosity: 'low' },
      reasoning: { effort: 'high' },
      max_output_tokens: 100,
      top_p: 0.5,
      service_tier: 'auto',
    });

    expect(lastInput().params).toEqual({
      response_format: { type: 'json_schema', json_schema: { name: 'city', schema: { type: 'object' }, strict: true } },
      verbosity: 'low',
      reasoning_effort: 'high',
      max_completion_tokens: 100,
      top_p: 0.5,
      service_tier: 'auto',
    });
    expect(response).toMatchObject({ text: { format }, reasoning: { effort: 'high' }, max_output_tokens: 100, top_p: 0.5 });
  });

  test('without a model uses the only one of its key, and otherwise says which there are', async () => {
    const only = await api.call('POST', '/v1/responses', { key: KEYS.poor, body: { input, max_output_tokens: 10 } });
    const several = await api.call('POST', '/v1/responses', { body: { input } });

    expect([only.status, only.body.model]).toEqual([200, 'gpt-test']);
    expect([several.status, several.body.error.param]).toEqual([400, 'model']);
    expect(several.body.error.message).toContain('gpt-test');
  });

  test('that cannot be paid for is refused as everywhere', async () => {
    const answer = await api.call('POST', '/v1/responses', {
      key: KEYS.poor,
      body: { model: 'gpt-test', input, max_output_tokens: 7_000 },
    });

    expect([answer.status, answer.body.error.code]).toEqual([429, 'insufficient_quota']);
  });

  test('repeated with its Idempotency-Key is answered again, whole and streamed, by one run', async () => {
    const headers = { 'idempotency-key': 'response-1' };
    const runs = api.lane.runs.length;
    const first = await api.call('POST', '/v1/responses', { body: { model: 'gpt-test', input }, headers });
    const again = await api.call('POST', '/v1/responses', { body: { model: 'gpt-test', input }, headers });

    expect(again.headers.get('idempotent-replayed')).toBe('true');
    expect(again.body.output).toEqual(first.body.output);
    expect(again.body.id).toBe(first.body.id);
    expect(api.lane.runs).toHaveLength(runs + 1);
  });
});

describe('a conversation', () => {
  test('goes on from its last response, by the team that it belongs to only', async () => {
    api.lane.script.choice = {
      message: {
        role: 'assistant',
        content: 'Hello.',
        reasoning_content: 'Hm.',
        tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'f', arguments: '{}' } }],
      },
    };
    const first = await api.client().responses.create({ model: 'gpt-test', input, instructions: 'Be kind.' });
    delete api.lane.script.choice;
    const second = await api.client().responses.create({
      model: 'gpt-test',
      previous_response_id: first.id,
      instructions: 'Be brief.',
      input: [{ type: 'function_call_output', call_id: 'call_1', output: 'rain' }],
    });

    expect(second.previous_response_id).toBe(first.id);
    expect(lastInput().messages).toEqual([
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: input },
      expect.objectContaining({
        role: 'assistant',
        content: 'Hello.',
        reasoning_content: 'Hm.',
        tool_calls: [expect.objectContaining({ id: 'call_1' })],
      }),
      { role: 'tool', tool_call_id: 'call_1', content: 'rain' },
    ]);
    const foreign = await api.call('POST', '/v1/responses', {
      key: KEYS.other,
      body: { model: 'gpt-test', input, previous_response_id: first.id },
    });
    expect([foreign.status, foreign.body.error.code]).toEqual([400, 'previous_response_not_found']);

    const { data } = await api.client().responses.inputItems.list(second.id, { order: 'asc' });
    expect(data.map(({ type }) => type)).toEqual(['message', 'reasoning', 'message', 'function_call', 'function_call_output']);
    const page = await api.client().responses.inputItems.list(second.id, { limit: 2 });
    expect(page.data.map(({ id }) => id)).toEqual(
      [...data]
        .reverse()
        .slice(0, 2)
        .map(({ id }) => id),
    );
    expect(page.has_more).toBe(true);
  });

  test('may name items of earlier answers instead of sending them', async () => {
    const first = await api.client().responses.create({ model: 'gpt-test', input });

    await api.client().responses.create({
      model: 'gpt-test',
      input: [
        { role: 'user', content: input },
        { type: 'item_reference', id: first.output[0]!.id! },
        { role: 'user', content: 'And now?' },
      ],
    });

    expect(lastInput().messages).toEqual([
      { role: 'user', content: input },
      { role: 'assistant', content: 'Hello.' },
      { role: 'user', content: 'And now?' },
    ]);
  });

  test('is bounded in bytes, not in characters', async () => {
    const model = 'vendor/slashed';
    const first = await api.client().responses.create({ model, input: 'a'.repeat(2_000) });
    const runs = api.lane.runs.length;
    const text = '€'.repeat((32 * 1024 * 1024 - 1_000) / 3);

    const { status, body } = await api.call('POST', '/v1/responses', { body: { model, input: text, previous_response_id: first.id } });

    expect([status, body.error.code, body.error.param]).toEqual([413, 'request_too_large', 'previous_response_id']);
    expect(api.lane.runs).toHaveLength(runs);
  });

  test('kept by its client has its reasoning sent back unread', async () => {
    api.lane.script.choice = { message: { role: 'assistant', content: 'Hello.', reasoning_content: 'Hm, ä.' } };
    const first = await api.client().responses.create({ model: 'gpt-test', input, store: false, include: ['reasoning.encrypted_content'] });

    await api
      .client()
      .responses.create({ model: 'gpt-test', store: false, input: [{ role: 'user', content: input }, ...(first.output as never[])] });

    expect(lastInput().messages[1]).toMatchObject({ role: 'assistant', content: 'Hello.', reasoning_content: 'Hm, ä.' });
  });

  test.each(['store: false', 'a deleted one', "another team's", 'an unknown one'])(
    'does not go on, nor is it shown, from %s',
    async (which) => {
      const { id } = await api.client().responses.create({ model: 'gpt-test', input, store: which !== 'store: false' });
      if (which === 'a deleted one') {
        expect((await api.call('DELETE', `/v1/responses/${id}`)).body).toEqual({ id, object: 'response', deleted: true });
      }
      const key = which === "another team's" ? KEYS.other : KEYS.site;
      const name = which === 'an unknown one' ? id.replace(/.{6}$/, '000000') : id;

      const calls = await Promise.all([
        api.call('GET', `/v1/responses/${name}`, { key }),
        api.call('GET', `/v1/responses/${name}/input_items`, { key }),
        api.call('POST', `/v1/responses/${name}/cancel`, { key }),
        api.call('DELETE', `/v1/responses/${name}`, { key }),
      ]);
      const next = await api.call('POST', '/v1/responses', { key, body: { model: 'gpt-test', input, previous_response_id: name } });

      expect(calls.map(({ status }) => status)).toEqual([404, 404, 404, 404]);
      expect([next.status, next.body.error.code]).toEqual([400, 'previous_response_not_found']);
    },
  );
});
