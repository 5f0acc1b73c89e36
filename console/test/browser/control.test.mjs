import assert from 'node:assert/strict';
import { test } from 'node:test';
import pg from 'pg';
import { apiOf } from './support/api.mjs';
import { axeFindings, signIn } from './support/browser.mjs';
import { startGateway } from './support/sample-team.mjs';
import { screenshot, useStack } from './support/stack.mjs';

const stack = useStack(async () => {
  await api('POST', '/admin/v1/providers', { name: 'atelier-two', kind: 'sandbox' });
});

/** The API with the admin key, for what a test begins with and what it looks at. */
const api = (...asked) => apiOf(stack.atelier.origin, stack.atelier.adminKey).ask(...asked);

test('a model is added with its route and price, priced anew, switched off and removed; one of the file says so', async () => {
  const { page, faults, expect } = await stack.browser.person();
  // What a request for a model that is off would meet is tried beside its routes.
  expect(/404 .*routing\/simulate/);
  await signIn(page, stack.atelier, '/routing');
  await page.getByText('The configuration file names this model').waitFor();
  assert.equal(await page.getByRole('button', { name: 'Edit' }).count(), 0, 'what the file names can be edited');

  await page.getByRole('button', { name: 'Add a model' }).click();
  const form = page.getByRole('dialog', { name: 'Add a model' });
  await form.getByLabel('Name', { exact: true }).fill('house/painter');
  await form.getByText('Images', { exact: true }).click();
  await form.getByRole('combobox', { name: 'Provider 1' }).click();
  await page.getByRole('option', { name: /atelier-two/ }).click();
  await form.getByLabel('Name there 1').fill('sandbox-image');
  await form.getByLabel('Price', { exact: true }).click();
  await page.getByRole('option', { name: 'By image' }).click();
  await form.getByRole('button', { name: 'Check and add' }).click();
  await form.getByText('An amount in dollars, such as 0.25.').waitFor();
  await form.getByLabel('An image, $').fill('0.04');
  await screenshot(page, 'model-new-en-light');
  assert.deepEqual(await axeFindings(page), []);
  await form.getByRole('button', { name: 'Check and add' }).click();
  await page.getByText('house/painter can be asked for.').waitFor();
  const made = await api('GET', '/admin/v1/models/house/painter');
  assert.deepEqual(made.body.price, { per_image: [{ usd: '0.04' }] });
  assert.equal(made.body.routes[0].provider, 'atelier-two');

  await page.getByRole('button', { name: 'Edit' }).click();
  const edit = page.getByRole('dialog', { name: 'Edit house/painter' });
  await edit.getByLabel('An image, $').fill('0.05');
  await edit.getByLabel('Shown as').fill('Painter');
  await edit.getByRole('button', { name: 'Check and save' }).click();
  await edit.waitFor({ state: 'detached' });
  const changed = (await api('GET', '/admin/v1/models/house/painter')).body;
  assert.deepEqual([changed.label, changed.price], ['Painter', { per_image: [{ usd: '0.05' }] }]);

  await page.getByText('On', { exact: true }).click();
  await page.getByText(/house\/painter is off/).waitFor();
  assert.equal((await api('GET', '/admin/v1/models/house/painter')).body.available, false);
  await screenshot(page, 'model-off-en-light');

  await page.goto(`${stack.atelier.origin}/console/routing/prices`);
  await page.getByRole('link', { name: 'Edit house/painter' }).click();
  await page.getByRole('dialog', { name: 'Edit house/painter' }).waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Remove' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
  await page.getByText('house/painter is removed.').waitFor();
  assert.equal((await api('GET', '/admin/v1/models/house/painter')).status, 404);
  assert.deepEqual(faults, []);
});

test('a rule is changed: from where on, whom it tells, and nothing else of it', async () => {
  const { page, faults } = await stack.browser.person();
  const channels = [
    { type: 'webhook', url: 'https://1.1.1.1/one' },
    { type: 'webhook', url: 'https://9.9.9.9/two' },
  ];
  const made = await api('POST', '/admin/v1/alerts', {
    name: 'spend',
    rule: 'anomaly',
    thresholds: [8],
    min_usd: '5',
    by: ['team'],
    channels,
  });
  assert.equal(made.status, 201, JSON.stringify(made.body));
  await signIn(page, stack.atelier, '/alerts/rules');
  await page.getByRole('button', { name: 'Edit spend' }).click();
  const form = page.getByRole('dialog', { name: 'Edit spend' });
  await form.getByLabel('From', { exact: true }).fill('6');
  await form.getByRole('button', { name: 'Tell Webhook 1.1.1.1 no more' }).click();
  await form.getByRole('button', { name: 'Try it on the last four weeks' }).click();
  await form.getByText(/It would have fired/).waitFor();
  await screenshot(page, 'rule-edit-en-light');
  assert.deepEqual(await axeFindings(page), []);
  await form.getByRole('button', { name: 'Save' }).click();
  await form.waitFor({ state: 'detached' });
  const { body } = await api('GET', `/admin/v1/alerts/${made.body.id}`);
  assert.deepEqual([body.thresholds, body.min_usd, body.by], [[6], '5', ['team']]);
  assert.deepEqual(
    body.channels.map(({ id, has_secret: hasSecret }) => [id, hasSecret]),
    [[made.body.channels[1].id, true]],
  );
  await api('DELETE', `/admin/v1/alerts/${made.body.id}`);
  assert.deepEqual(faults, []);
});

test('a rule that cannot be watched says since when and why, in the language of the page, and no more once it can', async () => {
  const { body: made } = await api('POST', '/admin/v1/alerts', { name: 'blind', rule: 'anomaly', thresholds: [3] });
  const database = new pg.Client({ connectionString: stack.atelier.databaseUrl() });
  await database.connect();
  const look = (by) =>
    database.query('update alerts set settings = (settings::jsonb || $2::jsonb)::json where id = $1', [made.id, JSON.stringify({ by })]);
  try {
    const english = await stack.browser.person();
    const chinese = await stack.browser.person({ language: 'zh', theme: 'dark' });
    await signIn(english.page, stack.atelier, '/alerts/rules');
    await signIn(chinese.page, stack.atelier, '/alerts/rules');
    // No list of what it is looked at by: every look fails.
    await look(7);
    const looked = apiOf(stack.atelier.origin, stack.atelier.adminKey);
    await looked.until(`/admin/v1/alerts/${made.id}`, ({ failure }) => failure);
    const row = (page) => page.getByRole('row').filter({ hasText: 'blind' });
    await english.page.reload();
    await row(english.page)
      .getByText(/^Not watched since .*: looking at it failed on our side\. The log of the worker says why/)
      .waitFor();
    await screenshot(english.page, 'rule-failing');
    assert.deepEqual(await axeFindings(english.page), []);
    await chinese.page.reload();
    await row(chinese.page)
      .getByText(/起无法检查：.*系统内部检查失败/)
      .waitFor();
    await chinese.page.goto(`${stack.atelier.origin}/console/admin/system`);
    await chinese.page.getByText(/blind/).waitFor();
    await screenshot(chinese.page, 'system-rule-failing-zh');

    await look(['team']);
    await looked.until(`/admin/v1/alerts/${made.id}`, ({ failure }) => (failure === null ? true : null));
    await english.page.reload();
    await row(english.page).waitFor();
    await english.page.getByText(/^Not watched since/).waitFor({ state: 'detached' });
    assert.deepEqual([...english.faults, ...chinese.faults], []);
  } finally {
    await database.end();
  }
});

test('what is left of accounts is told with its currency, and why one could not be asked', async () => {
  const { page, faults } = await stack.browser.person({ isPhone: true });
  const gateway = await startGateway();
  try {
    const provider = { kind: 'openai', base_url: gateway.baseUrl, api_key: 'sk-of-the-gateway' };
    await api('POST', '/admin/v1/providers', { ...provider, name: 'house-gateway', balance_api: 'one_api', balance_currency: 'CNY' });
    await api('POST', '/admin/v1/providers', { ...provider, name: 'house-mute', balance_api: 'moonshot' });
    await signIn(page, stack.atelier, '/routing/providers');
    const row = (name) => page.getByRole('row', { name: new RegExp(name) });
    await row('house-gateway').getByText('37.66 CNY').waitFor();
    await row('house-mute')
      .getByText(/^could not be asked: ./)
      .waitFor();
    assert.ok(
      (await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)) <= 0,
      'it scrolls sideways',
    );
    await screenshot(page, 'balances-en-light-phone');
    assert.deepEqual(await axeFindings(page), []);
    assert.deepEqual(faults, []);
  } finally {
    for (const name of ['house-gateway', 'house-mute']) await api('DELETE', `/admin/v1/providers/${name}`);
    await gateway.stop();
  }
});

test('a legal hold is placed with its reason, and released', async () => {
  const { page, faults } = await stack.browser.person();
  await signIn(page, stack.atelier, '/admin/holds');
  await page.getByText('Nothing is held.').waitFor();
  await page.getByRole('button', { name: 'Place a hold' }).click();
  const form = page.getByRole('dialog', { name: 'Place a hold' });
  await form.getByLabel('Reason').fill('Case 4711');
  await form.getByRole('button', { name: 'Hold', exact: true }).click();
  const row = page.getByRole('row', { name: /Case 4711/ });
  await row.waitFor();
  const { body } = await api('GET', '/admin/v1/retention/holds');
  assert.deepEqual([body.data[0].team, body.data[0].reason], ['sample', 'Case 4711']);
  await screenshot(page, 'holds-en-light');
  await row.getByRole('button', { name: 'Release sample' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Release' }).click();
  await page.getByText('Nothing is held.').waitFor();
  assert.equal((await api('GET', '/admin/v1/retention/holds')).body.data.length, 0);
  assert.deepEqual(faults, []);
});

/** Asks until the answer has the status. */
async function answers(ask, status) {
  const until = Date.now() + 120_000;
  for (;;) {
    const response = await ask();
    if (response.status === status) return response;
    if (Date.now() > until) assert.fail(`it answers ${response.status}, not ${status}: ${await response.text()}`);
    await response.body?.cancel();
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

test('a key is frozen with a reason that whoever uses it is told, and unfrozen', async () => {
  const { page, faults } = await stack.browser.person();
  const { key } = (await api('POST', '/admin/v1/keys', { team: 'sample', name: 'leaky', class: 'test' })).body;
  const ask = () => fetch(`${stack.atelier.origin}/v1/budgets`, { headers: { authorization: `Bearer ${key}` } });
  assert.equal((await ask()).status, 200);
  await signIn(page, stack.atelier, '/t/sample/team/credentials');
  const row = page.getByRole('row', { name: /leaky/ });
  await row.getByRole('button', { name: 'More for leaky' }).click();
  await page.getByRole('menuitem', { name: 'Freeze' }).click();
  const form = page.getByRole('dialog', { name: 'Freeze leaky?' });
  assert.ok(await form.getByRole('button', { name: 'Freeze' }).isDisabled(), 'it is frozen without a reason');
  await form.getByLabel('Reason').fill('Seen in a public repository');
  await form.getByRole('button', { name: 'Freeze' }).click();
  await row.getByText('Frozen', { exact: true }).waitFor();
  await row.getByText('Seen in a public repository').waitFor();
  await screenshot(page, 'credentials-frozen-en-light');
  assert.deepEqual(await axeFindings(page), []);
  // Processes hear of it by a notification, within two seconds.
  const refused = await (await answers(ask, 403)).json();
  assert.equal(refused.error.code, 'credential_frozen');
  assert.match(refused.error.message, /Seen in a public repository/);
  await row.getByRole('button', { name: 'More for leaky' }).click();
  await page.getByRole('menuitem', { name: 'Unfreeze' }).click();
  await page.getByRole('dialog', { name: 'Unfreeze leaky?' }).getByRole('button', { name: 'Unfreeze' }).click();
  await row.getByText('Frozen', { exact: true }).waitFor({ state: 'detached' });
  await answers(ask, 200);
  assert.deepEqual(faults, []);
});

test('the tour shows what is done, leads to what is next, and brings the strip back', async () => {
  const { page, faults } = await stack.browser.person();
  await signIn(page, stack.atelier, '/t/sample/studio/image');
  await page.getByRole('button', { name: 'Close the first steps' }).click();
  await page.goto(`${stack.atelier.origin}/console/tour`);
  await page.getByRole('link', { name: 'Begin a campaign' }).waitFor();
  await page.getByRole('button', { name: 'Show the steps above the studio again' }).click();
  await page.getByRole('link', { name: 'Make an image' }).click();
  await page.getByRole('region', { name: 'First steps' }).getByRole('link', { name: 'A campaign' }).click();
  await page.getByRole('heading', { level: 1 }).first().waitFor();
  assert.match(page.url(), /\/campaigns\/new/);
  await page.goto(`${stack.atelier.origin}/console/tour`);
  await page.getByRole('link', { name: 'Add a provider' }).click();
  await page.getByRole('dialog', { name: 'Add a provider' }).waitFor();
  assert.deepEqual(faults, []);
});

test('a path that no page has says so', async () => {
  const { page, faults } = await stack.browser.person();
  await signIn(page, stack.atelier, '/t/sample/team/no-such-section');
  await page.getByText('There is nothing here, or not for your team.').waitFor();
  assert.match(page.url(), /no-such-section/);
  assert.deepEqual(faults, []);
});
