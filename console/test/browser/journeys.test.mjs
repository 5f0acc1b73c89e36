import assert from 'node:assert/strict';
import { test } from 'node:test';
import { axeFindings, signIn } from './support/browser.mjs';
import { screenshot, useStack } from './support/stack.mjs';
import { workOf } from './support/work.mjs';

const stack = useStack();

/** Text with everything that turns into markup or code where text is not shown as text. */
const XSS = `<img src=x onerror="alert(1)"> <script>alert(1)</script> {{constructor}} javascript:alert(1) "'><svg onload=alert(1)>`;

/** Makes a run by the API, as the person who is signed in. */
function makeRun(page, body) {
  return page.evaluate(async (wanted) => {
    const me = await (await fetch('/auth/me')).json();
    const response = await fetch('/v1/tasks?', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-csrf-token': me.csrf_token, prefer: 'wait=30' },
      body: JSON.stringify(wanted),
    });
    return response.json();
  }, body);
}

test('a newcomer signs in and makes an image with three clicks, sees it, and finds it in the tasks', async () => {
  const { page, context, faults } = await stack.browser.person();
  let clicks = 0;
  await context.exposeFunction('noteClick', () => (clicks += 1));
  await context.addInitScript(() => addEventListener('click', ({ isTrusted }) => isTrusted && globalThis.noteClick(), true));
  const begun = Date.now();
  await page.goto(`${stack.atelier.origin}/`);
  await page.getByLabel('E-mail').fill(stack.atelier.email);
  await page.getByLabel('Password').fill(stack.atelier.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('button', { name: /^Jasmine tea tin/ }).click();
  await page.getByRole('button', { name: /^Generate · \$0\.00$/ }).click();
  await page.getByRole('img', { name: /Jasmine tea tin.*1 of 1/ }).waitFor();
  const took = Date.now() - begun;
  console.log(`a newcomer's first image: ${clicks} clicks, ${(took / 1_000).toFixed(1)} s from the empty browser`);
  assert.equal(clicks, 3);
  assert.ok(took < 60_000, 'it took more than a minute');
  await screenshot(page, 'studio-image');

  await page.getByRole('link', { name: 'Tasks' }).click();
  await page
    .getByRole('grid', { name: 'Tasks' })
    .getByRole('link', { name: /Jasmine tea tin/ })
    .click();
  await page.getByRole('heading', { level: 1, name: /Jasmine tea tin/ }).waitFor();
  await page.getByText('Accepted, input kept').waitFor();
  assert.deepEqual(faults, []);
});

test('a run survives a reload, goes on with references and a seed, and is stopped from the keyboard alone', async () => {
  const { page, faults } = await stack.browser.person();
  await signIn(page, stack.atelier, '/t/sample/studio/image');
  await page.getByLabel('Prompt', { exact: true }).fill('A lamp beside a teapot at dusk');
  await page.getByRole('radio', { name: '2', exact: true }).check({ force: true });
  await page.keyboard.press('Control+Enter');
  await page.getByRole('article', { name: 'A lamp beside a teapot at dusk' }).waitFor();
  await page.reload();
  const run = page.getByRole('article', { name: 'A lamp beside a teapot at dusk' });
  await run.getByRole('img', { name: /2 of 2/ }).waitFor();
  assert.equal(await page.getByLabel('Prompt', { exact: true }).inputValue(), 'A lamp beside a teapot at dusk');

  await run.getByRole('figure').first().hover();
  await run.getByRole('button', { name: 'Use as reference' }).first().click();
  await page.getByRole('img', { name: 'Reference 1', exact: true }).waitFor();
  await page.getByRole('button', { name: 'New seed' }).click();
  await page.getByLabel('Prompt', { exact: true }).fill('The same lamp in the morning');
  await page.keyboard.press('Control+Enter');
  await page
    .getByRole('article', { name: 'The same lamp in the morning' })
    .getByRole('img', { name: /1 of 2/ })
    .waitFor();
  assert.deepEqual(faults, []);
});

test('a run that failed says why, that it was not charged, and is replayed; what fell back shows both providers', async () => {
  const { page, faults } = await stack.browser.person();
  await signIn(page, stack.atelier, '/t/sample/tasks');
  const failed = await makeRun(page, { type: 'image', model: 'sandbox-image-down', input: { prompt: XSS } });
  await makeRun(page, { type: 'image', model: 'sandbox-image-moderated', input: { prompt: 'A refused tin' } });
  await page.goto(`${stack.atelier.origin}/console/t/sample/tasks?status=failed`);
  const grid = page.getByRole('grid', { name: 'Tasks' });
  await grid.getByText('prompt refused').waitFor();
  assert.equal(await grid.getByRole('link', { name: /Jasmine/ }).count(), 0);

  await grid.getByRole('row').nth(1).click();
  await page.getByRole('complementary', { name: 'Task' }).getByText('What helps').waitFor();
  assert.match(page.url(), /peek=task_/);
  await page.keyboard.press('j');
  await page.keyboard.press('Escape');
  await page.waitForURL((url) => !url.search.includes('peek'));

  await page.goto(`${stack.atelier.origin}/console/t/sample/tasks/${failed.id}`);
  await page.getByRole('heading', { level: 1, name: '<img src=x onerror' }).waitFor();
  await page.getByText("A provider's failure is never charged.").waitFor();
  assert.equal(await page.getByText('2 sandbox').count(), 1);
  await page.getByRole('button', { name: 'Show every event' }).click();
  await page.getByRole('button', { name: /^Replay/ }).click();
  await page.getByText('Replay of', { exact: true }).waitFor();
  assert.equal(await page.evaluate(() => document.querySelectorAll('img[src="x"], svg[onload]').length), 0);
  assert.deepEqual(faults, []);
});

test('an image becomes the first frame of a video, and two models answer side by side', async () => {
  const { page, faults } = await stack.browser.person();
  await signIn(page, stack.atelier, '/t/sample/studio/image');
  const figure = page.getByRole('figure').first();
  await figure.hover();
  await figure.getByRole('button', { name: 'Make a video' }).click();
  await page.getByRole('img', { name: 'Reference 1', exact: true }).waitFor();
  await page.getByLabel('Prompt', { exact: true }).fill('The tin turns slowly');
  await page.getByLabel('Seconds').fill('1');
  await page.keyboard.press('Control+Enter');
  await page.getByRole('article', { name: 'The tin turns slowly' }).locator('video').waitFor();
  await screenshot(page, 'studio-video');

  await page.goto(`${stack.atelier.origin}/console/t/sample/studio/text`);
  await page.getByRole('button', { name: 'Compare two models' }).click();
  await page.getByLabel('Message').fill(`Say what this is: ${XSS}`);
  await page.keyboard.press('Enter');
  assert.equal(await page.getByRole('log').count(), 2);
  await page
    .getByRole('log')
    .nth(0)
    .getByText(/tokens in/)
    .waitFor();
  await page
    .getByRole('log')
    .nth(1)
    .getByText(/tokens in|provider|again/i)
    .first()
    .waitFor();
  assert.equal(await page.evaluate(() => document.querySelectorAll('img[src="x"], svg[onload]').length), 0);
  await screenshot(page, 'studio-text');
  assert.deepEqual(
    faults.filter((fault) => !/50\d/.test(fault)),
    [],
  );
});

test('a session that ended asks for the password over the page, and what was asked for goes on', async () => {
  const { page, context, faults, expect } = await stack.browser.person();
  await signIn(page, stack.atelier, '/t/sample/studio/image');
  await page.getByLabel('Prompt', { exact: true }).fill('Three oranges in a bowl');
  await page.getByRole('button', { name: /^Generate · / }).waitFor();
  expect(/401/);
  await context.clearCookies();
  await page.keyboard.press('Control+Enter');
  const dialog = page.getByRole('dialog', { name: 'Signed out' });
  await dialog.getByLabel('Password').fill('wrong');
  await dialog.getByRole('button', { name: 'Sign in' }).click();
  await dialog.getByText('The e-mail or the password is wrong.').waitFor();
  await dialog.getByLabel('Password').fill(stack.atelier.password);
  await dialog.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('article', { name: 'Three oranges in a bowl' }).getByRole('img', { name: /1 of/ }).waitFor();
  assert.equal(await page.getByRole('article', { name: 'Three oranges in a bowl' }).count(), 1);
  assert.deepEqual(faults, []);
});

test('ten thousand tasks are a few rows of the page, and the last ones scroll like the first', async () => {
  const { page, faults } = await stack.browser.person();
  await signIn(page, stack.atelier, '/t/sample/tasks');
  const [row] = await page.evaluate(
    async () => (await (await fetch('/v1/tasks?limit=1&status=succeeded&type=image&team=sample')).json()).data,
  );
  const id = (index) => `task_${String(index).padStart(32, '0')}`;
  await page.route(/\/v1\/tasks\?.*fields=/, (route) => {
    const after = new URL(route.request().url()).searchParams.get('after');
    const begin = after === null ? 0 : Number(after.slice('task_'.length)) + 1;
    const data = Array.from({ length: 50 }, (_, at) => ({ ...row, outputs: [], id: id(begin + at), prompt: `Task ${begin + at}` }));
    return route.fulfill({ json: { object: 'list', data, first_id: data[0].id, last_id: data[49].id, has_more: begin + 50 < 10_000 } });
  });
  await page.goto(`${stack.atelier.origin}/console/t/sample/tasks?status=succeeded`);
  const grid = page.getByRole('grid', { name: 'Tasks' });
  await grid.getByText('Task 0', { exact: true }).waitFor();
  /** Scrolls on until so many rows are here. @returns how many came */
  const scrollTo = (count) =>
    page.evaluate(async (rows) => {
      const body = document.querySelector('[role=grid] > [role=rowgroup]');
      const height = body.querySelector('[role=row]').offsetHeight;
      const here = () => Math.round(body.firstElementChild.offsetHeight / height);
      const before = here();
      while (here() < rows) {
        body.scrollTop = body.scrollHeight;
        await new Promise((resolve) => requestAnimationFrame(resolve));
      }
      return here() - before;
    }, count);
  await scrollTo(1_000);
  const first = await workOf(page, () => scrollTo(2_000));
  await scrollTo(9_000);
  const last = await workOf(page, () => scrollTo(10_000));
  assert.equal(await grid.getAttribute('aria-rowcount'), '10001');
  await page.evaluate(async () => {
    const body = document.querySelector('[role=grid] > [role=rowgroup]');
    for (let frame = 0; frame < 600 && !body.textContent.includes('Task 9999'); frame += 1) {
      body.scrollTop = body.scrollHeight;
      await new Promise((resolve) => requestAnimationFrame(resolve));
    }
  });
  await grid.getByText('Task 9999', { exact: true }).waitFor();
  assert.ok((await grid.getByRole('row').count()) < 60, 'rows that nobody sees are in the page');
  console.log(`a row that is scrolled to: ${first.toFixed(2)} ms of the page's thread from 1,000 on, ${last.toFixed(2)} ms from 9,000 on`);
  assert.ok(last < first * 3, `a row takes ${last} ms at the end of 10,000 and ${first} ms at their beginning`);
  assert.deepEqual(faults, []);
});

test('what does not exist says so, and leads back', async () => {
  const { page, faults, expect } = await stack.browser.person();
  expect(/404/);
  await signIn(page, stack.atelier, '/t/sample/tasks/task_nobody');
  await page.getByText('There is nothing here, or not for your team.').waitFor();
  await page.goto(`${stack.atelier.origin}/console/nowhere`);
  await page.getByText('There is nothing here, or not for your team.').waitFor();
  await page.goto(`${stack.atelier.origin}/console/sign-in?next=${encodeURIComponent('//elsewhere.example/')}`);
  assert.deepEqual(faults, []);
});

test('on a phone images stand above the prompt, tasks are cards, and nothing scrolls sideways', async () => {
  const { page, faults } = await stack.browser.person({ language: 'zh', theme: 'dark', isPhone: true });
  await signIn(page, stack.atelier, '/t/sample/studio/image');
  await page
    .getByRole('img', { name: /第 1 张/ })
    .first()
    .waitFor();
  await screenshot(page, 'phone-studio-zh-dark');
  const wide = () => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.ok((await wide()) <= 0, 'the studio scrolls sideways');
  await page.goto(`${stack.atelier.origin}/console/t/sample/tasks`);
  await page.getByRole('grid').getByText('失败').first().waitFor();
  await screenshot(page, 'phone-tasks-zh-dark');
  assert.ok((await wide()) <= 0, 'the tasks scroll sideways');
  assert.deepEqual(await axeFindings(page), []);
  assert.deepEqual(faults, []);
});
