import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { axeFindings, signIn } from './support/browser.mjs';
import { screenshot, useStack } from './support/stack.mjs';

const stack = useStack();

/** Runs a program with the key in its environment, as its reader would: beside it stand the packages of this repository. */
async function run(program, key) {
  const folder = mkdtempSync(join(dirname(fileURLToPath(import.meta.url)), 'snippet-'));
  try {
    const file = join(folder, 'chat.mjs');
    writeFileSync(file, program);
    const child = spawn(process.execPath, [file], { env: { ...process.env, ATELIER_KEY: key }, stdio: ['ignore', 'pipe', 'pipe'] });
    let [said, complaints] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text) => (said += text));
    child.stderr.setEncoding('utf8').on('data', (text) => (complaints += text));
    const code = await new Promise((resolve) => child.once('close', resolve));
    return { code, said, complaints };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

test('Connect makes a key on the spot, its live test passes, and the program it shows for the OpenAI SDK runs with that key', async () => {
  const { page, faults } = await stack.browser.person();
  await signIn(page, stack.atelier, '/t/sample/connect/openai-node');
  await page.getByRole('button', { name: 'Make the key' }).click();
  const key = await page.getByRole('textbox', { name: 'API key' }).innerText();
  assert.match(key, /^sk-/);
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await page.getByText('All works.').waitFor();
  const program = await page.locator('figure pre').innerText();
  assert.ok(!program.includes(key), 'the program holds the key');
  await screenshot(page, 'connect-en-light');
  assert.deepEqual(await axeFindings(page), []);

  const { code, said, complaints } = await run(program, key);
  assert.equal(code, 0, complaints);
  assert.ok(said.length > 0, 'the model said nothing');
  assert.deepEqual(faults, []);
});

test('the live test stops at a key that is refused and says why', async () => {
  const { page, faults, expect } = await stack.browser.person({ language: 'zh', theme: 'dark', isPhone: true });
  expect(/401/);
  await signIn(page, stack.atelier, '/t/sample/connect/cherry-studio');
  await page.getByText('用已有的').click();
  await page.getByLabel('API 密钥', { exact: true }).fill('sk-atelier-not-a-key');
  await page.getByRole('button', { name: '开始' }).click();
  await page.getByText('密钥被拒绝', { exact: true }).waitFor();
  await page.getByText('可能没有复制完整、已被吊销或已过期。').waitFor();
  assert.equal(await page.getByText('未测试：前一步失败了').count(), 2);
  await screenshot(page, 'phone-connect-zh-dark');
  assert.ok(
    (await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)) <= 0,
    'it scrolls sideways',
  );
  assert.deepEqual(await axeFindings(page), []);
  assert.deepEqual(faults, []);
});

/** Calls the API as the person who is signed in. */
function call(page, method, path, body) {
  return page.evaluate(
    async ([verb, where, sent]) => {
      const me = await (await fetch('/auth/me')).json();
      const response = await fetch(where, {
        method: verb,
        headers: { 'content-type': 'application/json', 'x-csrf-token': me.csrf_token },
        ...(sent === undefined ? {} : { body: JSON.stringify(sent) }),
      });
      return { status: response.status, body: await response.json() };
    },
    [method, path, body],
  );
}

test('a route is reordered: simulated first, live after it is applied', async () => {
  const { page, faults } = await stack.browser.person();
  await signIn(page, stack.atelier, '/routing');
  for (const name of ['house-a', 'house-b']) {
    assert.equal((await call(page, 'POST', '/admin/v1/providers', { name, kind: 'sandbox' })).status, 201);
  }
  const routes = [
    { provider: 'house-a', model: 'sandbox-text', priority: 2 },
    { provider: 'house-b', model: 'sandbox-text', priority: 1 },
  ];
  const made = await call(page, 'POST', '/admin/v1/models', { name: 'house-text', modality: 'text', price: 'free', routes });
  assert.equal(made.status, 201, JSON.stringify(made.body));

  await page.goto(`${stack.atelier.origin}/console/routing?model=house-text`);
  const candidates = page.getByRole('list', { name: 'Routes in the order in which they are tried' }).getByRole('listitem');
  await candidates.first().filter({ hasText: 'house-a' }).waitFor();
  await page.getByRole('button', { name: 'Move house-b sandbox-text up' }).click();
  await page.getByText('Not applied yet').waitFor();
  await candidates.first().filter({ hasText: 'house-b' }).waitFor();
  // Dragged there and back: the same order by other means.
  const [first, then] = ['First', 'Then'].map((name) => page.getByRole('region', { name, exact: true }).getByRole('listitem'));
  await then.filter({ hasText: 'house-a' }).dragTo(first);
  await page.getByText('Not applied yet').waitFor({ state: 'detached' });
  await then.filter({ hasText: 'house-b' }).dragTo(first);
  await page.getByText('Not applied yet').waitFor();
  await candidates.first().filter({ hasText: 'house-b' }).waitFor();
  await page.getByText('As now', { exact: true }).click();
  await candidates.first().filter({ hasText: 'house-a' }).waitFor();
  await screenshot(page, 'routing-en-light');
  assert.deepEqual(await axeFindings(page), []);
  const before = await call(page, 'GET', '/admin/v1/models/house-text');
  assert.equal(before.body.routes[0].provider, 'house-a');
  await page.getByRole('button', { name: 'Check and apply' }).click();
  await page.getByText('The routes of house-text are live.').waitFor();
  await candidates.first().filter({ hasText: 'house-b' }).waitFor();
  const { body } = await call(page, 'POST', '/admin/v1/routing/simulate', {
    request: { type: 'text', model: 'house-text', input: { prompt: 'Hello' } },
  });
  assert.equal(body.routing.candidates[0].provider, 'house-b');
  assert.deepEqual(faults, []);
});

test('a provider is added, its failed test says which step and what helps', async () => {
  const { page, faults } = await stack.browser.person();
  await signIn(page, stack.atelier, '/routing/providers');
  await page.getByRole('button', { name: 'Add a provider' }).click();
  await page.getByLabel('Name', { exact: true }).fill('far-away');
  await page.getByLabel('Address', { exact: true }).fill('http://127.0.0.1:9/v1');
  await page.getByLabel('API key', { exact: true }).fill('sk-wrong');
  await page.getByRole('button', { name: 'Add, then test' }).click();
  const dialog = page.getByRole('dialog', { name: 'Test far-away' });
  await dialog.getByLabel('Model', { exact: true }).fill('gpt-any');
  await dialog.getByRole('button', { name: 'Test', exact: true }).click();
  await dialog.getByText(/takes no connection/).waitFor();
  await dialog.getByText(/Check the port, the firewall/).waitFor();
  await screenshot(page, 'provider-test');
  assert.deepEqual(await axeFindings(page), []);
  await page.keyboard.press('Escape');
  await page.getByRole('row', { name: /far-away/ }).waitFor();
  assert.ok(!(await page.content()).includes('sk-wrong'), 'the page holds the key');
  await screenshot(page, 'providers');
  assert.deepEqual(faults, []);
});

test('Mod+K finds a page by its name, from inside a field as well', async () => {
  const { page, faults } = await stack.browser.person();
  await signIn(page, stack.atelier, '/t/sample/tasks');
  await page.getByRole('heading', { level: 1, name: 'Tasks' }).waitFor();
  await page.keyboard.press('Control+k');
  const dialog = page.getByRole('dialog', { name: 'Find a page or an id' });
  await dialog.getByLabel('Find', { exact: true }).fill('retent');
  await dialog.getByRole('button', { name: 'Retention' }).waitFor();
  assert.equal(await dialog.getByRole('listitem').count(), 1);
  assert.deepEqual(await axeFindings(page), []);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: 'Retention' }).waitFor();
  assert.deepEqual(faults, []);
});
