import { ANSWER_DEFAULTS, UNBOUND } from '../../domain/access/caller';
import { NO_LIMITS } from '../../domain/access/credential';
import { createHash } from 'node:crypto';
import { eventually } from '../support/eventually';
import { useApi } from './support/api';

const api = useApi();

test('the process says that it lives, and whether its parts answer', async () => {
  const live = await api.call('GET', '/healthz', { key: null });
  const ready = await api.call('GET', '/readyz', { key: null });
  api.probes.push({ name: 'temporal', check: () => Promise.reject(new Error('connection refused')) });
  const missing = await api.call('GET', '/readyz', { key: null });
  api.probes.pop();

  expect([live.status, ready.status, ready.body.status]).toEqual([200, 200, 'ready']);
  expect([missing.status, missing.body.missing]).toEqual([503, [{ name: 'temporal', reason: 'connection refused' }]]);
});

test('metrics count answers by route, not by path', async () => {
  await api.call('GET', '/v1/models/nothing-1');
  await api.call('GET', '/nowhere-1');

  const { text } = await api.call('GET', '/metrics', { key: null });

  expect(text).toMatch(/atelier_http_requests_total\{method="GET",route="\/v1\/models\/\*id",status="404"\} \d+/);
  expect(text).not.toContain('nowhere-1');
});

test('a revoked key is refused within seconds', async () => {
  const key = 'sk-short-lived-0123456789';
  const store = api.catalogueStore;
  await store.credentials.create({
    team: 'studio',
    name: 'short',
    class: 'script',
    limits: NO_LIMITS,
    project: null,
    owner: null,
    purpose: null,
    bounds: UNBOUND,
    models: ['*'],
    defaults: ANSWER_DEFAULTS,
    keyHash: createHash('sha256').update(key).digest('hex'),
    hint: 'sk-short',
  });
  expect((await api.call('GET', '/v1/models', { key })).status).toBe(200);

  await store.credentials.revoke({ team: 'studio', name: 'short' });

  await eventually(async () => (await api.call('GET', '/v1/models', { key })).status === 401, { withinMs: 4_000 });
});

test('an idle connection is kept longer than load balancers and SDKs keep theirs', async () => {
  const { headers } = await api.call('GET', '/healthz', { key: null });

  expect(headers.get('keep-alive')).toBe('timeout=75');
});
