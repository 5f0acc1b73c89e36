import { Client } from 'pg';
import { useApi } from './support/api';

const api = useApi();

const CHAT = { model: 'gpt-test', messages: [{ role: 'user', content: 'hi' }] };

/** Holds the table of calls without a run, as a database that has stopped to answer would. */
async function withInboxHeld<Result>(work: () => Promise<Result>): Promise<Result> {
  const client = new Client({ connectionString: api.databaseUrl });
  await client.connect();
  try {
    await client.query('begin; lock table call_inbox in access exclusive mode');
    return await work();
  } finally {
    await client.end();
  }
}

test('a repeat whose call cannot be kept is cut off, and the next one is answered and logged', async () => {
  const headers = { 'idempotency-key': 'inbox-1' };
  expect((await api.call('POST', '/v1/chat/completions', { body: CHAT, headers })).status).toBe(200);

  await withInboxHeld(async () => {
    await expect(api.call('POST', '/v1/chat/completions', { body: CHAT, headers })).rejects.toThrow();
  });
  const again = await api.call('POST', '/v1/chat/completions', { body: CHAT, headers });

  expect([again.status, again.headers.get('idempotent-replayed')]).toEqual([200, 'true']);
  const { body } = await api.call('GET', `/v1/logs?q=${String(again.headers.get('x-request-id'))}`);
  expect(body.data).toHaveLength(1);
});

test('a refusal is told though its call cannot be kept yet, and is in the log once it can', async () => {
  const refused = await withInboxHeld(() => api.call('POST', '/v1/chat/completions', { body: { ...CHAT, temperature: 'hot' } }));

  expect([refused.status, refused.body.error.param]).toEqual([400, 'temperature']);
  const { body } = await api.call('GET', `/v1/logs?q=${String(refused.headers.get('x-request-id'))}`);
  expect(body.data).toHaveLength(1);
});
