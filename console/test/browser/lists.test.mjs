import assert from 'node:assert/strict';
import { test } from 'node:test';
import { axeFindings, signIn } from './support/browser.mjs';
import { makeImage, screenshot, useStack } from './support/stack.mjs';

const stack = useStack();

test('filters of a list are saved under a name, opened in another browser, renamed and removed', async () => {
  const { page, faults } = await stack.browser.person();
  await signIn(page, stack.atelier, '/t/sample/tasks');
  await page.getByRole('button', { name: 'Views' }).click();
  const dialog = page.getByRole('dialog', { name: 'Saved views' });
  await dialog.getByText(/^No views yet/).waitFor();
  await dialog.getByText(/choose filters in the list first/).waitFor();
  assert.deepEqual(await axeFindings(page), []);
  await page.keyboard.press('Escape');

  await page.goto(`${stack.atelier.origin}/console/t/sample/tasks?type=image&status=failed&q=tea`);
  await page.getByRole('button', { name: 'Views' }).click();
  await dialog.getByLabel('Name of the filters that are on').fill('Tea that failed');
  await dialog.getByRole('button', { name: 'Save as a view' }).click();
  await dialog.getByRole('button', { name: /^Tea that failed/ }).waitFor();
  await screenshot(page, 'views');
  assert.deepEqual(await axeFindings(page), []);

  const other = await stack.browser.person();
  await signIn(other.page, stack.atelier, '/t/sample/tasks?model=sandbox-image');
  await other.page.getByRole('button', { name: 'Views' }).click();
  const there = other.page.getByRole('dialog', { name: 'Saved views' });
  await there.getByRole('button', { name: /^Tea that failed/ }).click();
  await other.page.waitForURL(/\?/);
  assert.deepEqual(Object.fromEntries(new URL(other.page.url()).searchParams), { type: 'image', status: 'failed', q: 'tea' });

  await other.page.getByRole('button', { name: 'View: Tea that failed' }).click();
  await there.getByRole('button', { name: 'Rename Tea that failed' }).click();
  await there.getByLabel('New name of Tea that failed').fill('<b>Tea</b>');
  await there.getByRole('button', { name: 'Rename', exact: true }).click();
  await there.getByText('<b>Tea</b>').waitFor();
  await there.getByRole('button', { name: 'Remove <b>Tea</b>' }).click();
  await there.getByText(/^No views yet/).waitFor();
  for (const list of ['logs', 'campaigns?status=running', 'library?kind=image']) {
    await other.page.goto(`${stack.atelier.origin}/console/t/sample/${list}`);
    await other.page.getByRole('button', { name: 'Views' }).waitFor();
  }
  assert.deepEqual([...faults, ...other.faults], []);
});

test('the call log follows new calls, holds while rows further down are read, and goes on', async () => {
  const { page, faults } = await stack.browser.person();
  await signIn(page, stack.atelier, '/t/sample/logs');
  for (let made = 0; made < 12; made++) await makeImage(page, `A call before, ${made}`);
  await page.setViewportSize({ width: 1440, height: 700 });
  await page.getByText('Follow live').click();
  await page.waitForURL(/live=1/);
  await page.getByText(/^The newest 100 calls/).waitFor();
  const grid = page.getByRole('grid');
  const count = async () => Number(await grid.getAttribute('aria-rowcount')) - 1;
  const grows = (than) =>
    page.waitForFunction((least) => Number(document.querySelector('[role=grid]')?.getAttribute('aria-rowcount')) - 1 > least, than);
  await grows(11);
  const before = await count();
  await makeImage(page, 'A call that is seen to come');
  await grows(before);

  await grid.getByRole('rowgroup').evaluate((body) => (body.scrollTop = 300));
  await page.getByText(/^Held while/).waitFor();
  let asked = 0;
  page.on('request', (request) => (asked += request.url().includes('/admin/v1/logs?') && request.url().includes('limit=100') ? 1 : 0));
  const held = await count();
  await makeImage(page, 'A call that comes while nobody looks');
  // By the time that it is in the log the page would have asked more than once.
  await page.waitForFunction(
    async (least) => (await (await fetch('/admin/v1/logs?team=sample&limit=99')).json()).data.length > least,
    held,
    { polling: 500 },
  );
  assert.equal(asked, 0);
  assert.equal(await count(), held);
  await screenshot(page, 'logs-held');
  await page.getByRole('button', { name: 'Go on following' }).click();
  await grows(held);
  assert.deepEqual(await axeFindings(page), []);
  assert.deepEqual(faults, []);
});
