import assert from 'node:assert/strict';
import { test } from 'node:test';
import { apiOf } from './support/api.mjs';
import { axeFindings, signIn } from './support/browser.mjs';
import { screenshot, useStack } from './support/stack.mjs';

const stack = useStack();

/** The API with the admin key, for what a test begins with and what it looks at. */
const api = (...asked) => apiOf(stack.atelier.origin, stack.atelier.adminKey).ask(...asked);

/** What a plan says of a move, as `atelier migrate apply` tells it. */
const PLAN = {
  snapshot_at: '2026-11-30T00:00:00Z',
  old_base_url: null,
  teams: 1,
  members: 2,
  keys: 3,
  models: 4,
  unpriced: { count: 1, names: ['gpt-old'] },
  debts: 0,
  checklist: {
    routeless: 1,
    without_email: 1,
    balance_usd: '12.5',
    providers: ['atelier-one', 'not-tested'],
    usage: { rows: 70, spent_usd: '3.25', include: true },
    history: { tasks: 6, include: true },
  },
};

test('the page of the move says what came in, and writes notices in both languages', async () => {
  const { page, faults } = await stack.browser.person();
  const begun = { source: 'console-journey', product: 'new-api', location: '/srv/one-api.db', plan: PLAN };
  const move = await api('POST', '/admin/v1/imports', begun);
  const rows = { teams: [{ legacy_id: 'default', name: 'movers', price_factor: '1' }] };
  await api('POST', `/admin/v1/imports/${move.body.id}/rows`, rows);
  await signIn(page, stack.atelier, '/admin/migration');
  await page.getByText('/srv/one-api.db').waitFor();
  await page.getByText('The ledger has what came in').waitFor();
  await page.getByText('Only you know whether the old database and its secrets are copied.').waitFor();
  await page.getByLabel('It moves on').fill('2027-01-15');
  await page.getByLabel('Whom to ask').fill('it@studio.example');
  const english = page.getByLabel('For users · English', { exact: true });
  await english.filter({ hasText: /moves on 2027-01-15[^]*in place of New API[^]*until ____[^]*it@studio\.example/ }).waitFor();
  const filled = `from=2027-01-15&contact=it%40studio.example&base_url=${encodeURIComponent(`${stack.atelier.origin}/v1`)}`;
  const notices = (await api('GET', `/admin/v1/imports/${move.body.id}/notices?${filled}`)).body.data;
  for (const { audience, lang, text } of notices) {
    const name = `For ${audience === 'users' ? 'users' : 'administrators'} · ${lang === 'en' ? 'English' : 'Chinese'}`;
    assert.equal(await page.getByLabel(name, { exact: true }).textContent(), text);
  }
  assert.equal(notices.length, 4);
  await screenshot(page, 'migration-en-light');
  assert.deepEqual(faults, []);
});

test('the checklist of a move is what the installation says of it, in the language of the page', async () => {
  const { id } = (await api('GET', '/admin/v1/imports')).body.data.find(({ source }) => source === 'console-journey');
  const refused = await api('GET', `/admin/v1/imports/${id}/checklist?lang=fr`);
  assert.deepEqual([refused.status, refused.body.error.param], [400, 'lang']);
  for (const [language, mapping] of [
    ['en', '5 models, 1 without a price, 1 without a route.'],
    ['zh', '5 个模型，其中 1 个没有价格，1 个没有路由。'],
  ]) {
    const { page, faults } = await stack.browser.person({ language });
    await signIn(page, stack.atelier, `/admin/migration?move=${id}`);
    await page.getByText(mapping, { exact: true }).waitFor();
    const { data } = (await api('GET', `/admin/v1/imports/${id}/checklist?lang=${language}`)).body;
    const open = data.filter(({ state }) => state === 'open').map(({ name }) => name);
    assert.deepEqual(open, ['mapping', 'apply', 'balances', 'permissions', 'providers', 'logs', 'delta', 'rollback']);
    for (const { detail, todo } of data) {
      const row = await page.getByRole('listitem').filter({ hasText: detail }).textContent();
      assert.ok(row.includes(todo === null ? detail : `${detail}→ ${todo}`), row);
      assert.equal(row.includes('→'), todo !== null, row);
    }
    await screenshot(page, `migration-checklist-${language}-light`);
    assert.deepEqual(await axeFindings(page), []);
    assert.deepEqual(faults, []);
  }
});

test('a share of the traffic of a move is set with a slider and a team of its own, and sent back in one step', async () => {
  const { page, faults } = await stack.browser.person();
  const begun = { source: 'console-traffic', product: 'one-api', location: '/srv/old.db' };
  const move = (await api('POST', '/admin/v1/imports', begun)).body;
  const rows = { teams: [{ legacy_id: 'vip', name: 'vip', price_factor: '1' }] };
  await api('POST', `/admin/v1/imports/${move.id}/rows`, rows);
  await signIn(page, stack.atelier, `/admin/migration?move=${move.id}`);
  await page.getByText('Every key is served here.').waitFor();
  await page.getByText('Only you know whether people were told.').waitFor();
  await page.getByText('The plan of this move is not known here.').first().waitFor();
  const { data } = (await api('GET', `/admin/v1/imports/${move.id}/checklist`)).body;
  assert.deepEqual(
    data.filter(({ state }) => state === 'person').map(({ name }) => name),
    ['backup', 'mapping', 'apply', 'balances', 'permissions', 'providers', 'logs', 'notices'],
  );
  await page.getByLabel('Served here').fill('30');
  await page.getByLabel('Address of the old gateway').fill('http://127.0.0.1:9');
  await page.getByText('People', { exact: true }).last().click();
  await page.getByRole('button', { name: 'Add a team' }).click();
  await page.getByRole('combobox', { name: 'Team 1' }).click();
  await page.getByRole('option', { name: 'vip' }).click();
  await page.getByRole('button', { name: 'Apply' }).click();
  await page.getByText('30 % of the keys are served here.').waitFor();
  const set = (await api('GET', `/admin/v1/imports/${move.id}/traffic`)).body;
  assert.deepEqual([set.percent, set.split_by, set.teams], [30, 'member', [{ team: 'vip', percent: 100 }]]);
  await screenshot(page, 'migration-traffic-en-light');
  assert.deepEqual(await axeFindings(page), []);

  await page.getByRole('button', { name: 'Send all back' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Send all back' }).click();
  await page.getByText(/were spent here since the traffic began/).waitFor();
  const back = (await api('GET', `/admin/v1/imports/${move.id}/traffic`)).body;
  assert.deepEqual([back.percent, back.teams], [0, []]);
  await page.getByRole('button', { name: 'End the move' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'End the move' }).click();
  await page.getByText('Every key is served here.').waitFor();
  assert.equal((await api('GET', `/admin/v1/imports/${move.id}/traffic`)).body.state, 'off');
  assert.deepEqual(faults, []);
});
