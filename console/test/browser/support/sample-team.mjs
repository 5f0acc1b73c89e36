/** A team that has something on every page of the console: runs, spending, budgets, a campaign, a template, rules and incidents. */
import { createServer } from 'node:http';
import { apiOf } from './api.mjs';

export const TEAM = 'haitang';
/** What every page needs to have something to show; the paths of single things have their ids. */
const MODEL = {
  ...{ name: 'painter', modality: 'image', price: { per_image: [{ usd: '0.04' }] } },
  routes: [{ provider: 'sandbox', model: 'sandbox-image' }],
};
const LIMITS = { monthly: '2', daily: '1' };

/** A gateway that tells what is left of an account, or that it does not. */
export async function startGateway() {
  const server = createServer((request, response) => {
    const isAnswered = request.url?.startsWith('/v1/dashboard/billing/') === true;
    response.writeHead(isAnswered ? 200 : 404, { 'content-type': 'application/json' });
    response.end(JSON.stringify(isAnswered ? { hard_limit_usd: 50, total_usage: 1_234 } : { error: { message: 'Not found' } }));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  return { baseUrl: `http://127.0.0.1:${server.address().port}/v1`, stop: () => new Promise((resolve) => server.close(resolve)) };
}

/** @param {{ origin: string, adminKey: string, email: string }} atelier @returns the ids of what was made */
export async function fillTeam(atelier) {
  const admin = apiOf(atelier.origin, atelier.adminKey);
  await admin('POST', '/admin/v1/models', MODEL);
  const classes = { production: { total: '1' } };
  await admin('POST', '/admin/v1/teams', { name: TEAM, budget_usd: LIMITS, class_budgets_usd: classes, time_zone: 'Asia/Shanghai' });
  await admin('PUT', `/admin/v1/teams/${TEAM}/members/${encodeURIComponent(atelier.email)}`, { role: 'manager' });
  await admin('PATCH', '/admin/v1/organisation', { budget_usd: { monthly: '500' } });
  await admin('POST', `/admin/v1/teams/${TEAM}/projects`, { name: 'spring', budget_usd: { monthly: '1' } });
  const made = { team: TEAM, name: 'shop', class: 'production', project: 'spring', limits: { total_usd: '0.50', daily_usd: '0.20' } };
  const { key } = await admin('POST', '/admin/v1/keys', made);
  const api = apiOf(atelier.origin, key);

  const image = (prompt) => api('POST', '/v1/tasks', { type: 'image', model: 'painter', input: { prompt } }, { prefer: 'wait=60' });
  const task = await image('A jasmine tin on linen, morning light');
  await image('A lamp beside a teapot');
  const failing = { type: 'image', model: 'sandbox-image-down', input: { prompt: 'A tin that fails' } };
  const failed = await api('POST', '/v1/tasks', { ...failing, callback_url: 'http://127.0.0.1:9/' }, { prefer: 'wait=60' });
  const template = {
    ...{ name: 'tin-shot', type: 'image', model: 'painter', prompt: 'A {{product}} on linen' },
    inputs: { product: { type: 'string', required: true } },
  };
  await api('POST', '/v1/templates', template);
  await api('POST', '/v1/templates/tin-shot/versions', { ...template, prompt: 'A {{product}} on linen, morning light' });
  await api('POST', '/v1/templates/tin-shot/publish');
  const items = ['tin', 'cup', 'lamp'].map((word) => ({ key: word, input: { prompt: `A ${word} on linen` } }));
  // One after the other, so that lists have them in the same order each time.
  const rows = { name: 'Spring tins', defaults: { type: 'image', model: 'sandbox-image' }, items, concurrency: 1 };
  const campaign = await api('POST', '/v1/campaigns', rows);
  await api('POST', '/v1/campaigns', { ...rows, name: 'Weekly tins', schedule: { cron: '15 8 * * 1', time_zone: 'Asia/Shanghai' } });
  const endpoint = await api('POST', '/v1/webhook_endpoints', {
    ...{ name: 'shop', url: 'https://1.1.1.1/hooks', event_types: ['task.failed'] },
  });

  await admin('POST', '/admin/v1/alerts', { name: 'early', rule: 'budget', team: TEAM, thresholds: [1], channels: [] });
  await admin('POST', '/admin/v1/retention/holds', { team: TEAM, reason: 'Case 4711' });
  const move = await admin('POST', '/admin/v1/imports', { source: 'sample-move', product: 'new-api', location: '/srv/one-api.db' });
  await admin('POST', `/admin/v1/imports/${move.id}/rows`, { teams: [{ legacy_id: 'default', name: 'movers', price_factor: '1' }] });
  const [incident] = await admin.until('/admin/v1/incidents', ({ data }) => (data.length > 0 ? data : null));
  return {
    key,
    task: task.id,
    asset: task.outputs[0].id,
    failed: failed.id,
    campaign: campaign.id,
    endpoint: endpoint.id,
    incident: incident.id,
  };
}
