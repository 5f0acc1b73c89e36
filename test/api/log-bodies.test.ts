import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { eventually } from '../support/eventually';
import { ADMIN_KEY, KEYS, useApi } from './support/api';
import { chunkOf } from './support/lane';

const api = useApi();
const admin = (method: string, path: string, body?: unknown) =>
  api.call(method, `/admin/v1${path}`, { key: ADMIN_KEY, ...(body === undefined ? {} : { body }) });

const WITHIN = { withinMs: 10_000, everyMs: 20 };
const POLICY = { retention_days: 3, max_bytes: 20_000, sample: 1 };
const MEDIUM = Buffer.from('not really a picture');
const PLANTED = 'sk-planted-0123456789abcdef';
const sha256 = createHash('sha256').update(MEDIUM).digest('hex');
const CHAT = { model: 'gpt-test', messages: [{ role: 'user', content: 'a secret recipe' }] };

/** A key of a new team that keeps bodies. */
async function aTeamKeeping(name: string, policy: object | null): Promise<string> {
  expect((await admin('POST', '/teams', { name, log_bodies: policy })).status).toBe(201);
  return (await admin('POST', '/keys', { team: name, name: 'k', class: 'test' })).body.key;
}

/** The call of a request once its log entry has that state, read with the admin key. */
function calledWith(answer: { readonly headers: Headers }, bodies: string): Promise<any> {
  const id = answer.headers.get('x-request-id')!.replace('req_', 'call_');
  return eventually(async () => {
    const { body } = await api.call('GET', `/v1/logs/${id}`, { key: ADMIN_KEY });
    return body.bodies === bodies ? body : undefined;
  }, WITHIN);
}

const bodiesOf = async ({ id }: { readonly id: string }): Promise<any> => (await admin('GET', `/logs/${id}/bodies`)).body;

let key: string;
beforeAll(async () => {
  key = await aTeamKeeping('recorded', { retention_days: 3, max_bytes: 20_000 });
});
afterEach(() => {
  api.lane.script = { chunks: [], content: 'Hello.', error: null, gate: Promise.resolve() };
});

test('what was asked and answered is kept without media and keys, and lies sealed in the object store', async () => {
  api.lane.script.content = `Never use ${PLANTED}.`;
  const url = `data:image/png;base64,${MEDIUM.toString('base64')}`;
  const content = [
    { type: 'text', text: `a secret recipe, my key is ${PLANTED}` },
    { type: 'image_url', image_url: { url } },
  ];
  const body = { model: 'gpt-test', seed: 5, messages: [{ role: 'user', content }], metadata: { api_key: 'abcdef' } };
  const call = await calledWith(await api.call('POST', '/v1/chat/completions', { key, body }), 'kept');

  const kept = await bodiesOf(call);
  expect(kept).toMatchObject({
    object: 'call.bodies',
    id: call.id,
    request: { content_type: 'application/json', body: { seed: 5, metadata: { api_key: '[redacted]' } } },
    response: { status: 200, complete: true, body: { choices: [{ message: { content: 'Never use [redacted].' } }] } },
  });
  expect(kept.request.body.messages[0].content).toEqual([
    { type: 'text', text: 'a secret recipe, my key is [redacted]' },
    { type: 'image_url', image_url: { url: `[image/png, ${String(MEDIUM.length)} bytes, sha256 ${sha256}]` } },
  ]);
  expect(Date.parse(kept.expires_at) - Date.parse(call.at)).toBeGreaterThan(2.9 * 86_400_000);

  const object = Buffer.from(await api.objects.read(`bodies/${call.id}`));
  expect(object.toString('latin1')).not.toMatch(/recipe|planted/);
  expect(() => gunzipSync(object)).toThrow();
  // Under another name it does not open: an object that was put in the place of another is no answer.
  const other = await calledWith(await api.call('POST', '/v1/chat/completions', { key, body: CHAT }), 'kept');
  await api.objects.put(`bodies/${other.id}`, object, 'application/octet-stream');
  expect((await admin('GET', `/logs/${other.id}/bodies`)).status).toBe(500);
});

test('a stream is kept as it went out, a refusal with its error, a form with what its files were', async () => {
  api.lane.script.chunks = [chunkOf({ content: 'Hel' }), chunkOf({ content: 'lo.' }), chunkOf({}, 'stop')];
  const streamed = await api.call('POST', '/v1/chat/completions', { key, body: { ...CHAT, stream: true } });
  const { response } = await bodiesOf(await calledWith(streamed, 'kept'));
  expect(response).toMatchObject({ content_type: 'text/event-stream; charset=utf-8', complete: true, body: streamed.text });

  const refused = await api.call('POST', '/v1/chat/completions', { key, body: { ...CHAT, model: 'no-such-model' } });
  expect(await bodiesOf(await calledWith(refused, 'kept'))).toMatchObject({
    request: { body: { model: 'no-such-model' } },
    response: { status: 404, body: refused.body },
  });

  const form = new FormData();
  form.set('model', 'gpt-test');
  form.set('file', new Blob([MEDIUM], { type: 'audio/mpeg' }), 'a.mp3');
  const formed = await api.call('POST', '/v1/audio/transcriptions', { key, body: form });
  expect((await bodiesOf(await calledWith(formed, 'kept'))).request).toMatchObject({
    content_type: expect.stringMatching(/^multipart\/form-data/),
    body: { model: 'gpt-test' },
    files: [{ field: 'file', content: `[audio/mpeg, ${String(MEDIUM.length)} bytes, sha256 ${sha256}]` }],
  });
});

test('media do not count, words do: what is larger than the policy allows is not kept, and the log says so', async () => {
  const image = `data:image/png;base64,${Buffer.alloc(60_000).toString('base64')}`;
  const small = { ...CHAT, messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: image } }] }] };
  await calledWith(await api.call('POST', '/v1/chat/completions', { key, body: small }), 'kept');

  const large = { ...CHAT, messages: [{ role: 'user', content: 'word '.repeat(5_000) }] };
  const call = await calledWith(await api.call('POST', '/v1/chat/completions', { key, body: large }), 'too_large');
  const answer = await admin('GET', `/logs/${call.id}/bodies`);
  expect([answer.status, answer.body.error.message]).toEqual([404, expect.stringContaining('max_bytes')]);
  expect(await api.objects.exists(`bodies/${call.id}`)).toBe(false);
});

test('a team that did not ask for it keeps nothing, and one that stops asking keeps nothing more', async () => {
  const silent = await aTeamKeeping('silent', null);
  const stopping = await aTeamKeeping('stopping', POLICY);
  await calledWith(await api.call('POST', '/v1/chat/completions', { key: stopping, body: CHAT }), 'kept');
  expect((await admin('PATCH', '/teams/stopping', { log_bodies: null })).body.log_bodies).toBeNull();
  const isSilent = async (ofKey: string): Promise<true | undefined> => {
    const answer = await api.call('POST', '/v1/chat/completions', { key: ofKey, body: CHAT });
    const id = answer.headers.get('x-request-id')!.replace('req_', 'call_');
    // What is asked later with another key is kept later.
    await calledWith(await api.call('POST', '/v1/chat/completions', { key, body: CHAT }), 'kept');
    const [row] = await api.database.query('select from call_bodies where call_id = $1', [id]);
    return row === undefined ? true : undefined;
  };
  expect(await isSilent(silent)).toBe(true);
  expect(await eventually(() => isSilent(stopping), WITHIN)).toBe(true);
});

test('keys of a team do not see what others asked, foreign calls are not there, and every look is audited', async () => {
  const call = await calledWith(await api.call('POST', '/v1/chat/completions', { key, body: CHAT }), 'kept');
  await bodiesOf(call);
  const looks = (): Promise<any> => admin('GET', '/audit?action=log.bodies').then(({ body }) => body.data);
  const isTold = async (): Promise<boolean> => (await looks()).some(({ object }: any) => object === `/admin/v1/logs/${call.id}/bodies`);
  await eventually(isTold, WITHIN);
  const own = await api.call('GET', `/v1/logs/${call.id}/bodies`, { key });
  expect([own.status, own.body.error.code]).toEqual([403, 'admin_required']);
  expect((await api.call('GET', `/v1/logs/${call.id}`, { key: KEYS.other })).status).toBe(404);
  expect((await admin('GET', `/logs/call_${'0'.repeat(32)}/bodies`)).status).toBe(404);
});

test('bodies end with the policy, or sooner with the retention of the team, and their objects go', async () => {
  const call = await calledWith(await api.call('POST', '/v1/chat/completions', { key, body: CHAT }), 'kept');
  const { housekeeping } = api.database;
  const after = (days: number): Date => new Date(Date.now() + days * 86_400_000);
  await housekeeping.expireBodies(after(2.9), 100);
  expect((await bodiesOf(call)).id).toBe(call.id);

  await admin('PATCH', '/teams/recorded', { retention_days: 2 });
  // Whoever reads keeps to it, before the housekeeping came by.
  await api.database.query(`update call_bodies set created_at = now() - interval '49 hours' where call_id = $1`, [call.id]);
  expect((await api.call('GET', `/v1/logs/${call.id}`, { key: ADMIN_KEY })).body.bodies).toBeNull();
  expect((await admin('GET', `/logs/${call.id}/bodies`)).status).toBe(404);
  expect(await housekeeping.expireBodies(after(0), 100)).toBe(1);
  expect(await housekeeping.givenUp(100)).toEqual([`bodies/${call.id}`]);
  expect(await housekeeping.expireBodies(after(4), 100)).toBeGreaterThan(0);
  expect((await housekeeping.bodiesKept([call.id])).size).toBe(0);
});

test.each([
  [{}, 'log_bodies.retention_days'],
  [{ retention_days: 0 }, 'log_bodies.retention_days'],
  [{ retention_days: 7, max_bytes: 1 }, 'log_bodies.max_bytes'],
  [{ retention_days: 7, sample: 2 }, 'log_bodies.sample'],
])('a policy of %j is refused and told what is wrong', async (policy, param) => {
  const { status, body } = await admin('POST', '/teams', { name: 'wrong', log_bodies: policy });
  expect([status, body.error.param]).toEqual([400, param]);
});
