import assert from 'node:assert/strict';
import { test } from 'node:test';
import { axeFindings, signIn } from './support/browser.mjs';
import { lookAt, screenshot, useStack } from './support/stack.mjs';

const stack = useStack();

const file = (text) => ({ name: 'rows.csv', mimeType: 'text/csv', buffer: Buffer.from(text) });

/** The API with the sample team's key. */
async function api(method, path, body) {
  const response = await fetch(`${stack.atelier.origin}${path}`, {
    method,
    headers: { authorization: `Bearer ${stack.atelier.keys.production}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return response.json();
}

test('rows of a draft and failed rows are edited where they stand, saved, and run again', async () => {
  const { page, faults, expect } = await stack.browser.person();
  const items = [
    { key: 'tin', model: 'sandbox-image', input: { prompt: 'A tim on linen' }, output: { seed: 4 } },
    { key: 'down', model: 'sandbox-image-down', input: { prompt: 'A cup' } },
  ];
  const { id } = await api('POST', '/v1/campaigns', { name: 'Mended', start: false, defaults: { type: 'image' }, items });
  await signIn(page, stack.atelier, `/t/sample/campaigns/${id}?view=table`);
  await page.getByRole('button', { name: 'Edit tin' }).click();
  const form = page.getByRole('dialog', { name: 'Edit tin' });
  await form.getByLabel('Prompt', { exact: true }).fill('A tin on linen');
  await form.getByLabel('seed').fill('many');
  expect(/400 .*items\/1/);
  await form.getByRole('button', { name: 'Save', exact: true }).click();
  await form.getByText(/seed/i).last().waitFor();
  await form.getByLabel('seed').fill('12');
  await screenshot(page, 'campaign-edit-en-light');
  assert.deepEqual(await axeFindings(page), []);
  await form.getByRole('button', { name: 'Save', exact: true }).click();
  await form.waitFor({ state: 'detached' });
  const edited = await api('GET', `/v1/campaigns/${id}/items/1`);
  assert.deepEqual([edited.input.prompt, edited.output.seed], ['A tin on linen', 12]);

  await page.getByRole('button', { name: 'Start', exact: true }).click();
  await page.getByText('Completed', { exact: true }).waitFor();
  assert.equal(await page.getByRole('button', { name: 'Edit tin' }).count(), 0, 'a row that is done can be edited');
  await page.getByRole('button', { name: 'Edit down' }).click();
  const again = page.getByRole('dialog', { name: 'Edit down' });
  await again.getByLabel('Prompt', { exact: true }).fill('A cup, once more');
  await again.getByRole('button', { name: 'Save and run again' }).click();
  await again.waitFor({ state: 'detached' });
  const retried = async () => (await api('GET', `/v1/campaigns/${id}/items/2`)).task_id;
  const { input } = await api('GET', `/v1/tasks/${await retried()}`);
  assert.ok(input.prompt.startsWith('A cup'));
  assert.equal((await api('GET', `/v1/campaigns/${id}/items/2`)).input.prompt, 'A cup, once more');
  assert.deepEqual(faults, []);
});

test('a campaign is made to repeat in its last step, listed with its next time, and deleted', async () => {
  const { page, faults } = await stack.browser.person();
  await signIn(page, stack.atelier, '/t/sample/campaigns/schedules');
  await page.getByText('No campaign repeats yet.').waitFor();
  await page.getByRole('link', { name: 'New campaign' }).first().click();
  await page.getByLabel('Name', { exact: true }).fill('Weekly tins');
  await page.locator('input[type=file]').setInputFiles(file('prompt\nA tin\nA cup'));
  await page.getByRole('button', { name: 'Next: columns' }).click();
  await page.getByRole('button', { name: 'Next: preview' }).click();
  await page.getByRole('button', { name: 'Next: trial' }).click();
  await page
    .getByRole('button', { name: 'Next: start' })
    .or(page.getByRole('button', { name: /without a trial|skip/i }))
    .first()
    .click();
  await page.getByText('Repeatedly', { exact: true }).click();
  await page.getByRole('combobox', { name: 'How often' }).click();
  await page.getByRole('option', { name: 'Monday to Friday' }).click();
  await page.getByLabel('Time', { exact: true }).fill('08:15');
  await screenshot(page, 'campaign-repeat-en-light');
  assert.deepEqual(await axeFindings(page), []);
  await page.getByRole('button', { name: /^Schedule · .* each time$/ }).click();

  const row = page.getByRole('row', { name: /Weekly tins/ });
  await row.getByText('Monday to Friday at 08:15').waitFor();
  await screenshot(page, 'schedules-en-light');
  const [made] = (await api('GET', '/v1/schedules')).data;
  assert.deepEqual([made.cron, made.name, made.campaign.items], ['15 8 * * 1-5', 'Weekly tins', 2]);
  // Searched for at the server, not among the rows that happen to be here.
  const search = page.getByRole('searchbox', { name: 'Search by name' });
  await search.fill('cups');
  await page.getByText('Nothing matches.').waitFor();
  await search.fill('weekly TINS');
  await page.waitForURL((url) => url.searchParams.get('q') === 'weekly TINS');
  await row.waitFor();
  await search.fill('');
  for (const as of [
    { language: 'zh', theme: 'dark', isPhone: true },
    { language: 'zh', theme: 'light', isPhone: false },
  ]) {
    const other = await stack.browser.person(as);
    await signIn(other.page, stack.atelier, '/t/sample/campaigns/schedules');
    const pages = [
      ['schedules', '/t/sample/campaigns/schedules'],
      ['campaigns', '/t/sample/campaigns'],
    ];
    assert.deepEqual(await lookAt(other.page, stack.atelier.origin, pages, as), []);
  }

  await row.getByRole('button', { name: 'Delete Weekly tins' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await page.getByText('No campaign repeats yet.').waitFor();
  assert.deepEqual((await api('GET', '/v1/schedules')).data, []);
  assert.deepEqual(faults, []);
});
