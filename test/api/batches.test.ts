import type OpenAI from 'openai';
import { advance, endItem, filesOf, giveImage, linesOf, makeBatch, startItems } from './support/batches';
import { BATCHES, useApi } from './support/api';

const api = useApi();
const CHAT = '/v1/chat/completions';
const chat = (text: string): object => ({ model: 'gpt-test', messages: [{ role: 'user', content: text }] });
const line = (id: string, body: object = chat(id)) => ({ custom_id: id, method: 'POST', url: CHAT, body });

async function begun(count: number): Promise<OpenAI.Batch> {
  const batch = await makeBatch(
    api,
    CHAT,
    Array.from({ length: count }, (_, index) => line(`r${index}`)),
  );
  return advance(api, batch.id);
}

test('a batch is answered as OpenAI does, validated, and run as a campaign that the list of campaigns leaves out', async () => {
  const batch = await makeBatch(api, CHAT, [line('a'), line('b')], { metadata: { k: 'v' }, budget: { max_cost_usd: '5' } });

  expect(batch).toMatchObject({
    id: expect.stringMatching(/^batch_[0-9a-f]{32}$/),
    object: 'batch',
    endpoint: CHAT,
    completion_window: '24h',
    status: 'validating',
    expires_at: batch.created_at + 24 * 3_600,
    request_counts: { total: 0, completed: 0, failed: 0 },
    metadata: { k: 'v' },
    budget: { max_cost_usd: '5' },
    errors: null,
  });
  expect(api.woken).toContain(batch.id);
  const running = await advance(api, batch.id);
  const campaignId = batch.id.replace('batch_', 'camp_');
  expect(running).toMatchObject({ status: 'in_progress', model: 'gpt-test', campaign_id: campaignId, request_counts: { total: 2 } });
  expect(api.woken).toContain(campaignId);
  expect((await api.call('GET', '/v1/campaigns')).body.data).toEqual([]);
  expect((await api.call('GET', `/v1/campaigns/${campaignId}`)).body).toMatchObject({
    status: 'running',
    counts: { total: 2 },
    concurrency: 50,
  });
});

test('a campaign that is a batch takes a budget and pauses; what ends or begins it belongs to /v1/batches', async () => {
  const { id, campaign_id: campaignId } = (await begun(2)) as OpenAI.Batch & { campaign_id: string };
  const verb = (name: string) =>
    api.call('POST', `/v1/campaigns/${campaignId}/${name}`, name === 'retry' ? { body: { items: 'failed' } } : {});

  for (const name of ['start', 'cancel', 'retry']) {
    const { status, body } = await verb(name);
    expect([status, body.error.code]).toEqual([409, 'campaign_state']);
    expect(body.error.message).toContain(`/v1/batches/${id}`);
  }
  expect((await verb('pause')).body.status).toBe('paused');
  expect((await api.call('GET', `/v1/batches/${id}`)).body).toMatchObject({ status: 'in_progress', status_reason: 'paused' });
  expect((await verb('resume')).body.status).toBe('running');
  const changed = await api.call('PATCH', `/v1/campaigns/${campaignId}`, { body: { budget: { max_cost_usd: '9' } } });
  expect(changed.body.budget).toEqual({ max_cost_usd: '9' });
});

test.each([
  ['no JSON', '{"custom_id":', 'invalid_json_line', null],
  ['no object', '[1]', 'invalid_json_line', null],
  ['no custom_id', { method: 'POST', url: CHAT, body: chat('x') }, 'missing_required_parameter', 'custom_id'],
  ['a custom_id that an earlier line has', line('good'), 'duplicate_custom_id', 'custom_id'],
  ['another method', { ...line('x'), method: 'GET' }, 'invalid_method', 'method'],
  ['another url', { ...line('x'), url: '/v1/embeddings' }, 'mismatched_url', 'url'],
  ['no body', { custom_id: 'x', method: 'POST', url: CHAT }, 'missing_required_parameter', 'body'],
  ['no messages', line('x', { model: 'gpt-test' }), 'missing_required_parameter', 'body.messages'],
  ['an unknown model', line('x', { ...chat('x'), model: 'nobody' }), 'model_not_found', 'body.model'],
  ['a model without a price', line('x', { ...chat('x'), model: 'unpriced' }), 'model_not_priced', 'body.model'],
  ['an image model', line('x', { ...chat('x'), model: 'image-test' }), 'invalid_value', 'body.model'],
  ['a stream', line('x', { ...chat('x'), stream: true }), 'unsupported_parameter', 'body.stream'],
  ['a wrong type', line('x', { ...chat('x'), temperature: 'hot' }), 'invalid_type', 'body.temperature'],
] as const)('a line with %s fails the whole file, by its number', async (_what, bad, code, param) => {
  const batch = await makeBatch(api, CHAT, [line('good'), '', bad, line('also good')]);
  const failed = await advance(api, batch.id);

  expect(failed).toMatchObject({ status: 'failed', output_file_id: null, error_file_id: null, request_counts: { total: 0 } });
  expect(failed.errors?.data).toEqual([{ code, param, line: 3, message: expect.any(String) }]);
  expect(await api.database.query('select 1 from campaign_items where campaign_id = $1', [batch.id.replace('batch_', 'camp_')])).toEqual(
    [],
  );
  expect(await eventsOf(batch.id)).toEqual(['batch.failed']);
});

test('the first hundred faults are listed', async () => {
  const batch = await makeBatch(
    api,
    CHAT,
    Array.from({ length: 150 }, () => ({ nothing: true })),
  );
  const { errors } = await advance(api, batch.id);

  expect(errors?.data).toHaveLength(100);
  expect(errors?.data?.at(-1)).toMatchObject({ line: 100, param: 'custom_id' });
});

test.each([
  ['is empty', Buffer.from('\n \n'), 'empty_file', null],
  ['is no text', Buffer.from([0x7b, 0xff, 0xfe, 0xff, 0x0a]), 'invalid_encoding', 1],
] as const)('a file that %s is refused as a whole', async (_what, bytes, code, at) => {
  const batch = await makeBatch(api, CHAT, bytes);

  expect((await advance(api, batch.id)).errors?.data).toEqual([expect.objectContaining({ code, line: at })]);
});

test('more lines, and longer ones, than a batch may have are refused', async () => {
  const many = await makeBatch(
    api,
    CHAT,
    Array.from({ length: BATCHES.maxLines + 1 }, (_, index) => line(`r${index}`)),
  );
  const long = await makeBatch(api, CHAT, [line('a'), line('b', chat('x'.repeat(BATCHES.maxLineBytes)))]);

  expect((await advance(api, many.id)).errors?.data).toEqual([expect.objectContaining({ code: 'too_many_lines', line: null })]);
  expect((await advance(api, long.id)).errors?.data).toEqual([expect.objectContaining({ code: 'line_too_long', line: 2 })]);
});

test('a byte order mark, CRLF and numbers beyond 2^53 come through', async () => {
  const text = `\uFEFF${JSON.stringify(line('a', { ...chat('a'), seed: 'SEED' })).replace('"SEED"', '9007199254740993')}\r\n\r\n`;
  const batch = await makeBatch(api, CHAT, Buffer.from(text));
  const running = await advance(api, batch.id);
  const [item] = await api.database.campaigns.nextItems(batch.id.replace('batch_', 'camp_'), 1);

  expect(running.status).toBe('in_progress');
  expect(JSON.stringify(item?.input)).toContain('9007199254740993');
});

test('an input file that was deleted before it was read fails the batch; one that was read is not needed any more', async () => {
  const gone = await makeBatch(api, CHAT, [line('a')]);
  await api.call('DELETE', `/v1/files/${gone.input_file_id}`);
  await api.objects.delete(`files/${gone.input_file_id}/0`);
  expect((await advance(api, gone.id)).errors?.data).toMatchObject([{ code: 'file_not_found', line: null }]);

  const read = await begun(1);
  await api.call('DELETE', `/v1/files/${read.input_file_id}`);
  await startItems(api, read.id);
  await endItem(api, read.id, 'r0');
  expect((await advance(api, read.id)).status).toBe('completed');
});

test('a batch that has run has answers in one file and failures in the other, the same ones however often they are written', async () => {
  const { id } = await begun(3);
  await startItems(api, id);
  await endItem(api, id, 'r0', { answer: 'Hello.' });
  await endItem(api, id, 'r1', { fails: true });
  await endItem(api, id, 'r2', { answer: 'Bye.' });
  expect((await api.call('GET', `/v1/batches/${id}`)).body.status).toBe('finalizing');
  // As by a process that is killed before it can say so.
  await api.writeBatch(id);
  const done = await advance(api, id);
  const { output, errors } = await filesOf(api, done);

  expect(done).toMatchObject({ status: 'completed', request_counts: { total: 3, completed: 2, failed: 1 }, usage: { total_tokens: 24 } });
  expect(linesOf(output).map(({ custom_id: key, response }) => [key, response?.status_code])).toEqual([
    ['r0', 200],
    ['r2', 200],
  ]);
  expect(linesOf(output)[0]?.response?.body).toMatchObject({ choices: [{ message: { content: 'Hello.' } }] });
  expect(linesOf(errors)).toEqual([
    {
      id: expect.stringMatching(/^batch_req_[0-9a-f]{38}$/),
      custom_id: 'r1',
      response: {
        status_code: 503,
        request_id: expect.stringMatching(/^task_/),
        body: { error: expect.objectContaining({ code: 'provider_unavailable', type: 'service_unavailable_error' }) },
      },
      error: null,
    },
  ]);
  expect(await eventsOf(id)).toEqual(['batch.completed']);
  const outputFile = (await api.call('GET', `/v1/files/${done.output_file_id}`)).body;
  expect(outputFile).toMatchObject({ purpose: 'batch_output', filename: `${id}_output.jsonl`, bytes: Buffer.byteLength(output) });
  // Nothing is left to do, and nothing is told twice.
  await advance(api, id);
  expect(await eventsOf(id)).toEqual(['batch.completed']);
});

test('images are in the file themselves; one whose bytes are gone is an error of its line, and the others stay whole', async () => {
  const url = '/v1/images/generations';
  const body = { model: 'image-test', prompt: 'A loaf.' };
  const { id } = await makeBatch(
    api,
    url,
    ['kept', 'gone'].map((name) => ({ custom_id: name, method: 'POST', url, body })),
  );
  await advance(api, id);
  await startItems(api, id);
  await api.objects.put('results/kept', Buffer.from('abc'), 'image/png');
  for (const name of ['kept', 'gone']) {
    await giveImage(api, id, name, `results/${name}`);
    await endItem(api, id, name);
  }
  const done = await advance(api, id);
  const lines = linesOf((await filesOf(api, done)).output);

  expect(done.status).toBe('completed');
  expect(lines.map(({ custom_id: key, response }) => [key, response?.status_code])).toEqual([
    ['kept', 200],
    ['gone', 404],
  ]);
  expect(lines[0]?.response?.body.data).toEqual([{ b64_json: 'YWJj' }]);
});

test('a cancelled batch keeps what had ended, and says so of the rest', async () => {
  const { id } = await begun(3);
  await startItems(api, id, 2);
  await endItem(api, id, 'r0');
  const cancelling = await api.client().batches.cancel(id);
  expect(cancelling.status).toBe('cancelling');
  expect((await advance(api, id)).status).toBe('cancelling');
  await endItem(api, id, 'r1', { isCancelled: true });
  const done = await advance(api, id);
  const { output, errors } = await filesOf(api, done);

  expect(done).toMatchObject({ status: 'cancelled', request_counts: { total: 3, completed: 1, failed: 2 } });
  expect(linesOf(output).map(({ custom_id: key }) => key)).toEqual(['r0']);
  expect(linesOf(errors).map(({ custom_id: key, response, error }) => [key, response, error?.code])).toEqual([
    ['r1', null, 'batch_cancelled'],
    ['r2', null, 'batch_cancelled'],
  ]);
  expect((await api.client().batches.cancel(id)).status).toBe('cancelled');
  expect(await eventsOf(id)).toEqual(['batch.cancelled']);
});

test('a batch that is cancelled before it was validated ends without files, also while its file is read', async () => {
  const { id } = await makeBatch(api, CHAT, [line('a')]);
  await api.client().batches.cancel(id);

  expect(await advance(api, id)).toMatchObject({ status: 'cancelled', output_file_id: null, error_file_id: null });
});

test('a batch whose window is over ends as expired, with what had ended by then', async () => {
  const { id } = await begun(2);
  await startItems(api, id, 1);
  await endItem(api, id, 'r0');
  await api.database.query(`update batches set expires_at = now() - interval '1 second' where id = $1`, [id]);
  expect(await api.database.batches.findDue(10, null)).toContain(id);
  const done = await advance(api, id);
  const { output, errors } = await filesOf(api, done);

  expect(done).toMatchObject({ status: 'expired', request_counts: { total: 2, completed: 1, failed: 1 }, expired_at: expect.any(Number) });
  expect(linesOf(output).map(({ custom_id: key }) => key)).toEqual(['r0']);
  expect(linesOf(errors)).toMatchObject([{ custom_id: 'r1', response: null, error: { code: 'batch_expired' } }]);
  expect(await eventsOf(id)).toEqual(['batch.expired']);
  expect(await api.database.batches.findDue(10, null)).not.toContain(id);
});

test('output files end when the batch says so', async () => {
  const made = await makeBatch(api, CHAT, [line('r0')], { output_expires_after: { anchor: 'created_at', seconds: 3_600 } });
  await advance(api, made.id);
  await startItems(api, made.id);
  await endItem(api, made.id, 'r0');
  const done = await advance(api, made.id);
  const file = (await api.call('GET', `/v1/files/${done.output_file_id}`)).body;

  expect(file.expires_at - file.created_at).toBe(3_600);
});

async function eventsOf(batchId: string): Promise<readonly string[]> {
  const rows = await api.database.query<{ type: string }>('select type from events where batch_id = $1 order by at', [batchId]);
  return rows.map(({ type }) => type);
}
