import assert from 'node:assert/strict';
import { test } from 'node:test';
import OpenAI from 'openai';
import { apiOf } from './support/api.mjs';
import { signIn } from './support/browser.mjs';
import { screenshot, useStack } from './support/stack.mjs';

const PASSWORD = 'correct horse battery 9';
const TEAM = 'haitang';
/** A model that costs something, so that budgets have something to count. */
const CONFIG = `providers:
  - { name: sandbox, kind: sandbox }
models:
  - { name: sandbox-image, modality: image, price: free, routes: [{ provider: sandbox, model: sandbox-image }] }
  - { name: painter, modality: image, price: { per_image_usd: '0.04' }, routes: [{ provider: sandbox, model: sandbox-image }] }
`;

const stack = useStack(async () => {
  await api('POST', '/admin/v1/config/apply', { yaml: CONFIG, env: {} });
  await api('POST', '/admin/v1/teams', { name: TEAM, budget_usd: { monthly: '2' } });
  await api('PUT', `/admin/v1/teams/${TEAM}/members/${encodeURIComponent(stack.atelier.email)}`, { role: 'manager' });
});

/** The API, as a rule with the admin key. */
const apiWith = (key) => apiOf(stack.atelier.origin, key);
const api = (...asked) => apiWith(stack.atelier.adminKey)(...asked);

/** Somebody who has accepted an invitation. */
async function newcomer(name, roles) {
  const email = `${name}@haitang.example`;
  const { invite_url: link } = await api('POST', '/admin/v1/users', { email, name, ...roles });
  const token = new URL(link).searchParams.get('token') ?? new URLSearchParams(new URL(link).hash.slice(1)).get('token');
  await apiWith('none')('POST', '/auth/accept', { token, password: PASSWORD });
  return { origin: stack.atelier.origin, email, password: PASSWORD };
}

async function settled(page) {
  await page.locator('h1').waitFor();
  await page.waitForFunction(() => document.querySelector('[aria-busy=true]') === null);
}

test('a credential is made in the console, shown once, and used with the OpenAI SDK', async () => {
  const { page, faults } = await stack.browser.person();
  await signIn(page, stack.atelier, `/t/${TEAM}/team/credentials`);
  await page.getByRole('button', { name: 'New credential' }).click();
  await page.getByLabel('Name', { exact: true }).fill('sdk');
  await page.getByRole('radio', { name: 'Script' }).check({ force: true });
  await page.getByRole('button', { name: 'Make the key' }).click();
  const key = (await page.getByRole('textbox', { name: 'Key' }).textContent())?.trim();
  await page.getByRole('button', { name: 'I have stored it' }).click();
  await page.getByRole('region', { name: 'Credentials' }).getByText('sdk', { exact: true }).waitFor();
  assert.ok(key !== undefined && !(await page.content()).includes(key), 'the key is still on the page');

  const client = new OpenAI({ apiKey: key, baseURL: `${stack.atelier.origin}/v1` });
  const { data } = await client.images.generate({ model: 'painter', prompt: 'A tin on a table' });
  assert.equal(data?.length, 1);

  await page.goto(`${stack.atelier.origin}/console/t/${TEAM}/logs?credential=sdk`);
  await page.getByRole('grid', { name: 'Call log' }).getByText('painter').click();
  await page.getByRole('complementary', { name: 'One call' }).getByText('sandbox', { exact: true }).waitFor();
  await screenshot(page, 'logs-en-light');
  assert.deepEqual(faults, []);
});

test('a budget that is used up is explained where the call failed and where the budget stands', async () => {
  const { page, faults } = await stack.browser.person();
  const { key } = await api('POST', '/admin/v1/keys', { team: TEAM, name: 'tiny', class: 'test', limits: { total_usd: '0.04' } });
  for (let time = 0; time < 2; time += 1) await apiWith(key).ask('POST', '/v1/images/generations', { model: 'painter', prompt: 'A cup' });
  await signIn(page, stack.atelier, `/t/${TEAM}/logs?credential=tiny&status=failed`);
  await page.getByRole('grid', { name: 'Call log' }).getByText('insufficient_quota').click();
  await page.getByText('A budget is used up.').waitFor();

  await page.getByRole('link', { name: 'Team' }).click();
  await page.getByRole('link', { name: 'Budgets' }).click();
  await page.getByRole('button', { name: /Credential tiny, in all/ }).click();
  await page.getByRole('heading', { name: 'Credential tiny, in all' }).waitFor();
  await page.getByText('It is used up. Raise it to go on.').waitFor();
  assert.deepEqual(faults, []);
});

test('budgets of 150 credentials are all there, found by a part of their name, and changed', async () => {
  const team = 'many';
  await api('POST', '/admin/v1/teams', { name: team });
  await api('PUT', `/admin/v1/teams/${team}/members/${encodeURIComponent(stack.atelier.email)}`, { role: 'manager' });
  const keys = Array.from({ length: 150 }, (_, at) => `robot-${String(at + 1).padStart(3, '0')}`);
  for (const name of keys) await api('POST', '/admin/v1/keys', { team, name, class: 'script', limits: { total_usd: '5' } });
  const { page, faults } = await stack.browser.person();
  await signIn(page, stack.atelier, `/t/${team}/team/budgets`);
  await settled(page);
  const budget = page.getByRole('button', { name: /^Credential robot-/ });
  for (const name of ['robot-001', 'robot-150']) await budget.filter({ hasText: name }).waitFor();
  assert.equal(await budget.count(), 150);
  await page.getByRole('searchbox', { name: 'Find a budget' }).fill('ROBOT-007');
  await page.waitForURL(/q=ROBOT-007/);
  assert.equal(await budget.count(), 1);
  await budget.click();
  await page.getByRole('button', { name: 'Change' }).click();
  const dialog = page.getByRole('dialog', { name: /robot-007/ });
  await dialog.getByLabel('In all').fill('7');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await budget.filter({ hasText: '$7.00' }).waitFor();
  await page.reload();
  await budget.filter({ hasText: '$7.00' }).waitFor();
  assert.equal(await budget.count(), 1);
  await screenshot(page, 'budgets-found');
  await page.getByRole('searchbox', { name: 'Find a budget' }).fill('nobody');
  await page.getByText('No budget has this in its name.').waitFor();
  assert.deepEqual(faults, []);
});

test('an incident is found, acknowledged and noted', async () => {
  const { page, faults } = await stack.browser.person();
  await api('POST', '/admin/v1/alerts', { name: 'early', rule: 'budget', team: TEAM, thresholds: [1], channels: [] });
  await signIn(page, stack.atelier, '/alerts');
  const row = page.getByRole('row', { name: /budget/i }).filter({ has: page.getByRole('button', { name: /^Acknowledge/ }) });
  await row.first().waitFor();
  await row.first().getByRole('link').click();
  await page.getByRole('button', { name: 'Acknowledge' }).click();
  await page.getByRole('button', { name: 'Acknowledge' }).waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Write a note' }).click();
  await page.getByRole('textbox', { name: 'Note' }).fill('We raised it.');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('We raised it.').first().waitFor();
  await screenshot(page, 'incident-en-light');
  assert.deepEqual(faults, []);
});

const ROLES = [
  {
    name: 'manager',
    roles: { teams: [{ name: TEAM, role: 'manager' }] },
    sees: ['Usage', 'Team', 'Call log', 'Alerts'],
    refused: '/admin/audit',
  },
  { name: 'creator', roles: { teams: [{ name: TEAM, role: 'creator' }] }, sees: ['Team'], refused: `/t/${TEAM}/usage` },
  { name: 'viewer', roles: { teams: [{ name: TEAM, role: 'viewer' }] }, sees: ['Team'], refused: `/t/${TEAM}/team/credentials` },
  { name: 'billing', roles: { organisation_role: 'billing' }, sees: ['Usage', 'Team'], refused: `/t/${TEAM}/logs` },
  {
    name: 'operator',
    roles: { organisation_role: 'operator' },
    sees: ['Usage', 'Team', 'Call log', 'Alerts'],
    refused: `/t/${TEAM}/team/credentials`,
  },
];

for (const { name, roles, sees, refused } of ROLES) {
  test(`a ${name} finds what the role may see, and is told whom to ask for the rest`, async () => {
    const person = await newcomer(name, roles);
    const { page, faults } = await stack.browser.person();
    await signIn(page, person);
    await settled(page);
    const rail = page.getByRole('navigation', { name: 'Pages' });
    await rail.getByRole('link', { name: 'Team' }).waitFor();
    const links = await rail.getByRole('link').evaluateAll((all) => all.map((link) => link.getAttribute('aria-label')));
    assert.deepEqual(
      ['Usage', 'Team', 'Call log', 'Alerts'].filter((link) => links.includes(link)),
      sees,
    );
    await rail.getByRole('link', { name: 'Team' }).click();
    await page.getByRole('heading', { level: 1, name: 'Team' }).waitFor();
    await settled(page);
    await page.goto(`${stack.atelier.origin}/console${refused}`);
    await page.getByText(/^Your role does not open this page\. Ask (.+, or )?an admin of your organisation\.$/).waitFor();
    assert.deepEqual(faults, []);
  });
}
