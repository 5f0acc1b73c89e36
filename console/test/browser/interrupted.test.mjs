/**
 * Reload, back, two tabs, a session that ended, a server that was killed: in the middle of a stream, an upload and a wizard nothing is lost,
 * and what happened is said.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import sharp from 'sharp';
import { signIn } from './support/browser.mjs';
import { chooseModel, screenshot, useStack } from './support/stack.mjs';

const stack = useStack();

const person = (how) => stack.browser.person(how);

/** The API with the sample team's key. */
async function api(path) {
  const response = await fetch(`${stack.atelier.origin}${path}`, { headers: { authorization: `Bearer ${stack.atelier.keys.production}` } });
  return response.json();
}

/** An image as a file; another colour is another file. */
async function file(name, red) {
  const buffer = await sharp({ create: { width: 64, height: 64, channels: 3, background: { r: red, g: 90, b: 60 } } })
    .png()
    .toBuffer();
  return { name, mimeType: 'image/png', buffer };
}

const words = (page) => page.getByLabel('Prompt', { exact: true });
const log = (page) => page.getByRole('log');

/** Asks a model that writes slowly, and waits for its first words. */
async function askSlowly(page, question) {
  await page.getByRole('combobox', { name: 'Model' }).click();
  await page.getByRole('option', { name: 'sandbox-text-slow' }).click();
  await page.getByLabel('Message').fill(question);
  await page.keyboard.press('Enter');
  const begun = log(page).locator('article').last();
  await page.waitForFunction(
    () => [...document.querySelectorAll('[role=log] article p')].map((one) => one.textContent).join(' ').length > 120,
  );
  return begun.innerText();
}

/** The page would ask before it is left. */
const asksBeforeLeaving = (page) =>
  page.evaluate(() => {
    const event = new Event('beforeunload', { cancelable: true });
    globalThis.dispatchEvent(event);
    return event.defaultPrevented;
  });

test('a conversation outlives a reload: answers stay, one that was being written keeps what came and says that it broke off', async () => {
  const { page, faults } = await person();
  await signIn(page, stack.atelier, '/t/sample/studio/text');
  await page.getByLabel('Message').fill('Say one sentence about tea');
  // Nothing is sent before the models are known.
  await page.locator('button:enabled', { hasText: 'Send' }).waitFor();
  await page.keyboard.press('Enter');
  await log(page)
    .getByText(/tokens in/)
    .waitFor();
  await askSlowly(page, 'Write 200 words about tins');
  const asked = await page.url();
  await page.reload();
  assert.equal(page.url(), asked);
  await log(page).getByText('Say one sentence about tea', { exact: true }).waitFor();
  await log(page)
    .getByText(/^It broke off/)
    .waitFor();
  assert.ok((await log(page).locator('article').nth(1).innerText()).length > 120, 'what came is gone');
  await screenshot(page, 'chat-cut');

  // Asked again the answer is whole, and the one of before is a click away.
  await page.getByRole('combobox', { name: 'Model' }).click();
  await page.getByRole('option', { name: 'sandbox-text', exact: true }).click();
  await log(page).locator('article').nth(1).getByRole('button', { name: 'Ask again' }).click();
  await log(page)
    .getByText(/tokens in/)
    .nth(1)
    .waitFor();
  await log(page).getByText('2 / 2').waitFor();
  await page.getByRole('button', { name: 'New conversation' }).click();
  await page.reload();
  await page.getByText('Ask something.').waitFor();
  assert.deepEqual(faults, []);
});

test('an answer whose server is killed in the middle says so, is asked for until the server is back, and keeps what came', async () => {
  const one = await person();
  const { page, faults, expect } = one;
  await signIn(page, stack.atelier, '/t/sample/studio/text');
  const begun = await askSlowly(page, 'Write 120 words about cups');
  expect(/ERR_|50\d|401/);
  const isBack = stack.atelier.kill('api');
  await log(page)
    .getByText(/^The connection broke/)
    .waitFor();
  await screenshot(page, 'chat-awaited');
  await isBack;
  await log(page).getByRole('link', { name: 'Cost and details' }).waitFor();
  const [task] = (await api('/v1/tasks?type=text&limit=1')).data;
  // Whether the run was finished is the server's to say; the page says the same.
  assert.equal(
    await log(page)
      .getByText(/^It broke off/)
      .count(),
    task.status === 'succeeded' ? 0 : 1,
  );
  const said = await log(page).locator('article p').allInnerTexts();
  assert.ok(said.join(' ').length > 120 && begun.startsWith(said[0]), 'what came is gone');
  assert.deepEqual(faults, []);
});

test('an image that is being made appears in both tabs, and its settings are there again after a step back', async () => {
  const { page, context, faults } = await person();
  await signIn(page, stack.atelier, '/t/sample/studio/image');
  const other = await context.newPage();
  await other.goto(`${stack.atelier.origin}/console/t/sample/studio/image`);
  await other
    .getByRole('button', { name: /^Jasmine tea tin/ })
    .or(other.getByRole('article').first())
    .first()
    .waitFor();
  await chooseModel(page, 'sandbox-image-slow');
  await words(page).fill('A tin for two tabs');
  await page.keyboard.press('Control+Enter');
  await other
    .getByRole('article', { name: 'A tin for two tabs' })
    .getByRole('img', { name: /1 of 1/ })
    .waitFor();
  const run = page.getByRole('article', { name: 'A tin for two tabs' });
  await run.getByRole('img', { name: /1 of 1/ }).waitFor();
  await words(page).fill('What is written next');
  await run.getByRole('link', { name: 'A tin for two tabs' }).click();
  await page.getByRole('heading', { level: 1, name: 'A tin for two tabs' }).waitFor();
  await page.goBack();
  await run.waitFor();
  assert.equal(await words(page).inputValue(), 'What is written next');

  await page.goto(`${stack.atelier.origin}/console/t/sample/tasks?status=succeeded&type=image`);
  await page.getByRole('grid').getByRole('link', { name: 'A tin for two tabs' }).click();
  await page.getByRole('heading', { level: 1, name: 'A tin for two tabs' }).waitFor();
  await page.goBack();
  await page.getByRole('grid').getByRole('link', { name: 'A tin for two tabs' }).waitFor();
  assert.equal(new URL(page.url()).search, '?status=succeeded&type=image');
  assert.deepEqual(faults, []);
});

test('an upload that the connection breaks is said with what did not arrive, and goes on where it stopped', async () => {
  const one = await person();
  const { page, faults } = one;
  await signIn(page, stack.atelier, '/t/sample/library');
  const files = [await file('first.png', 10), await file('second.png', 20), await file('third.png', 30)];
  let sent = 0;
  await page.route('**/v1/assets', async (route) => {
    if (route.request().method() !== 'POST') return route.continue();
    sent += 1;
    if (sent === 2) await page.context().setOffline(true);
    return route.continue();
  });
  one.expect(/ERR_INTERNET_DISCONNECTED|ERR_FAILED/);
  await page.locator('input[type=file]').setInputFiles(files);
  await page.getByText('2 files were not uploaded, second.png first.').waitFor();
  await screenshot(page, 'library-upload-broken');
  assert.ok(await asksBeforeLeaving(page), 'the page would be left without a question');
  await page.context().setOffline(false);
  await page.getByRole('button', { name: 'Try again' }).click();
  await page.getByText('2 files are in the library.').first().waitFor();
  await page.waitForFunction(async () => {
    const { data } = await (await fetch('/v1/assets?team=sample&limit=20')).json();
    return data.filter(({ name }) => /^(first|second|third)\.png$/.test(name)).length === 3;
  });
  await page.locator('button:enabled', { hasText: /^Upload$/ }).waitFor();
  assert.ok(!(await asksBeforeLeaving(page)), 'the page asks although all is sent');
  assert.deepEqual(faults, []);
});

test('without a connection the price says so, and comes by itself once there is one again', async () => {
  const one = await person();
  const { page, context, faults, expect } = one;
  expect(/ERR_INTERNET_DISCONNECTED/);
  await signIn(page, stack.atelier, '/t/sample/studio/image');
  await words(page).fill('A red tin on a shelf');
  await page.getByText('sandbox', { exact: false }).first().waitFor();
  await context.setOffline(true);
  await words(page).fill('A red tin on a high shelf');
  const trouble = page.getByText(/^No connection to the server/);
  await trouble.first().waitFor();
  await context.setOffline(false);
  await trouble.first().waitFor({ state: 'detached' });
  assert.deepEqual(faults, []);
});

test('a session that ends during an upload and during a campaign asks for the password over the page, and both go on', async () => {
  const { page, context, faults, expect } = await person();
  expect(/401/);
  const signInAgain = async () => {
    const dialog = page.getByRole('dialog', { name: 'Signed out' });
    await dialog.getByLabel('Password').fill(stack.atelier.password);
    await dialog.getByRole('button', { name: 'Sign in' }).click();
    await dialog.waitFor({ state: 'detached' });
  };
  await signIn(page, stack.atelier, '/t/sample/library');
  await page.locator('button:enabled', { hasText: /^Upload$/ }).waitFor();
  await context.clearCookies();
  await page.locator('input[type=file]').setInputFiles(await file('kept.png', 40));
  await signInAgain();
  await page.getByText('1 file is in the library.').first().waitFor();

  await page.goto(`${stack.atelier.origin}/console/t/sample/campaigns/new`);
  await page.getByLabel('Name', { exact: true }).fill('Signed out in between');
  await page
    .locator('input[type=file]')
    .setInputFiles({ name: 'rows.csv', mimeType: 'text/csv', buffer: Buffer.from('prompt\nA tin that goes on\nA cup that goes on') });
  await page.getByRole('button', { name: 'Next: columns' }).click();
  await page.getByRole('button', { name: 'Next: preview' }).click();
  await page.getByText('A tin that goes on').first().waitFor();
  await page.getByRole('button', { name: 'Next: trial' }).click();
  await page.getByRole('button', { name: /without a trial|skip/i }).click();
  const start = page.getByRole('button', { name: /^Start · / }).or(page.getByRole('button', { name: /^Make 2 · / }));
  await start.waitFor();
  await context.clearCookies();
  await start.click();
  await signInAgain();
  await page.getByRole('heading', { level: 1, name: 'Signed out in between' }).waitFor();
  assert.deepEqual(faults, []);
});

test('a campaign whose answer was lost with the server is not made twice, and the wizard is as it was after a reload', async () => {
  const one = await person();
  const { page, faults, expect } = one;
  await signIn(page, stack.atelier, '/t/sample/campaigns/new');
  await page.getByLabel('Name', { exact: true }).fill('Answered to nobody');
  await page
    .locator('input[type=file]')
    .setInputFiles({ name: 'rows.csv', mimeType: 'text/csv', buffer: Buffer.from('prompt\nOnce and no more') });
  await page.getByRole('button', { name: 'Next: columns' }).click();
  await page.getByRole('button', { name: 'Next: preview' }).click();
  await page.getByText('Once and no more').first().waitFor();
  await page.getByRole('button', { name: 'Next: trial' }).click();
  await page.getByRole('button', { name: /without a trial|skip/i }).click();
  const start = page.getByRole('button', { name: /^Start · / }).or(page.getByRole('button', { name: /^Make 1 · / }));
  await start.waitFor();
  expect(/ERR_|50\d/);
  let isBack;
  const devtools = await page.context().newCDPSession(page);
  devtools.on('Fetch.requestPaused', ({ requestId, request }) => {
    if (request.method !== 'POST' || isBack !== undefined) return devtools.send('Fetch.continueRequest', { requestId });
    // It has arrived, and the server dies before the answer does.
    isBack = stack.atelier.kill('api');
    return devtools.send('Fetch.failRequest', { requestId, errorReason: 'ConnectionReset' });
  });
  await devtools.send('Fetch.enable', { patterns: [{ urlPattern: '*/v1/campaigns', requestStage: 'Response' }] });
  await start.click();
  await page
    .getByRole('alert')
    .filter({ hasText: /connection/i })
    .waitFor();
  await screenshot(page, 'wizard-lost-answer');
  await isBack;
  await page.reload();
  await start.waitFor();
  await start.click();
  await page.getByRole('heading', { level: 1, name: 'Answered to nobody' }).waitFor();
  const made = (await api('/v1/campaigns?limit=20')).data.filter(({ name }) => name === 'Answered to nobody');
  assert.equal(made.length, 1);
  assert.deepEqual(faults, []);
});

test('what was typed into the wizard is there again when the tab was closed or reloaded at once', async () => {
  const { page, context, faults } = await person();
  await signIn(page, stack.atelier, '/t/sample/campaigns/new');
  const name = (tab) => tab.getByLabel('Name', { exact: true });
  await name(page).fill('Reloaded at once');
  await page.reload();
  await page.waitForFunction(() => [...document.querySelectorAll('input')].some(({ value }) => value === 'Reloaded at once'));
  await name(page).fill('Closed at once');
  await Promise.all([page.waitForEvent('close'), page.close({ runBeforeUnload: true })]);
  const other = await context.newPage();
  await other.goto(`${stack.atelier.origin}/console/t/sample/campaigns/new`);
  await name(other).waitFor();
  await other.waitForFunction(() => [...document.querySelectorAll('input')].some(({ value }) => value === 'Closed at once'));
  assert.deepEqual(faults, []);
});
