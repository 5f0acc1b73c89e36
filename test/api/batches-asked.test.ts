import { makeBatch, uploadLines } from './support/batches';
import { KEYS, useApi } from './support/api';

const api = useApi();
const CHAT = '/v1/chat/completions';
const line = (id: string) => ({
  custom_id: id,
  method: 'POST',
  url: CHAT,
  body: { model: 'gpt-test', messages: [{ role: 'user', content: id }] },
});

test('an Idempotency-Key makes one batch of several requests', async () => {
  const input = await uploadLines(api, [line('a')]);
  const body = { input_file_id: input, endpoint: CHAT, completion_window: '24h' };
  const post = (given: object) => api.call('POST', '/v1/batches', { body: given, headers: { 'idempotency-key': 'batch-1' } });
  const [first, again, other] = [await post(body), await post(body), await post({ ...body, metadata: { k: 'v' } })];

  expect(again.body.id).toBe(first.body.id);
  expect(again.headers.get('idempotent-replayed')).toBe('true');
  expect([other.status, other.body.error.code]).toEqual([422, 'idempotency_key_reuse']);
});

test('what a batch cannot be made of is refused by name', async () => {
  const input = await uploadLines(api, [line('a')]);
  const form = new FormData();
  form.append('file', new Blob(['x']), 'x.txt');
  form.append('purpose', 'user_data');
  const data = (await api.call('POST', '/v1/files', { body: form })).body.id as string;
  const refused = async (change: object) => {
    const body = { input_file_id: input, endpoint: CHAT, completion_window: '24h', ...change };
    const { status, body: answer } = await api.call('POST', '/v1/batches', { body });
    return [status, answer.error.param];
  };

  expect(await refused({ input_file_id: 'file-nobody' })).toEqual([404, 'input_file_id']);
  expect(await refused({ input_file_id: data })).toEqual([400, 'input_file_id']);
  expect(await refused({ endpoint: '/v1/audio/speech' })).toEqual([400, 'endpoint']);
  expect(await refused({ completion_window: '1h' })).toEqual([400, 'completion_window']);
  expect(await refused({ output_expires_after: { anchor: 'created_at', seconds: 1 } })).toEqual([400, 'output_expires_after.seconds']);
  expect(await refused({ colour: 'red' })).toEqual([400, 'colour']);
});

test('batches of other teams do not exist, and lists go from page to page', async () => {
  const [first, second] = [await makeBatch(api, CHAT, [line('a')]), await makeBatch(api, CHAT, [line('a')])];
  const page = await api.client().batches.list({ limit: 1 });
  const foreign = [
    await api.call('GET', `/v1/batches/${first.id}`, { key: KEYS.other }),
    await api.call('POST', `/v1/batches/${first.id}/cancel`, { key: KEYS.other }),
  ];

  expect([page.data[0]?.id, (await page.getNextPage()).data[0]?.id]).toEqual([second.id, first.id]);
  expect(foreign.map(({ status }) => status)).toEqual([404, 404]);
  expect((await api.call('GET', '/v1/batches', { key: KEYS.other })).body.data).toEqual([]);
});
