import assert from 'node:assert/strict';
import { test } from 'node:test';
import { axeFindings, signIn } from './support/browser.mjs';
import { COMBINATIONS, lookAt, makeImage, screenshot, useStack } from './support/stack.mjs';

const stack = useStack();

test('an image of the library is found, named and tagged, becomes a video and a reference, and is deleted with its copy', async () => {
  const { page, faults, expect } = await stack.browser.person();
  await signIn(page, stack.atelier, '/t/sample/library');
  const task = await makeImage(page, 'An unmistakable periwinkle lamp');
  await page.goto(`${stack.atelier.origin}/console/t/sample/library?kind=image`);
  await page.getByLabel('Prompt, name or tag').fill('periwinkle');
  await page.waitForURL(/q=periwinkle/);
  const id = task.outputs[0].id;
  const tile = page.getByRole('listitem').filter({ has: page.locator(`a[href*="${id}"]`) });
  await tile.hover();
  await tile.getByRole('checkbox').check();
  await page.getByRole('toolbar', { name: '1 selected' }).getByRole('button', { name: 'Add a tag' }).click();
  await page.getByRole('dialog').getByLabel('Tag').fill('hero');
  await page.getByRole('dialog').getByRole('button', { name: 'Add a tag' }).click();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Download as ZIP' }).click();
  assert.equal((await download).suggestedFilename(), 'atelier.zip');
  await page
    .getByRole('button', { name: /a favourite$/ })
    .first()
    .click();
  await page.goto(`${stack.atelier.origin}/console/t/sample/library?favourite=1&tag=hero`);
  await page.locator(`a[href*="${id}"]`).click();

  await page.getByLabel('Name', { exact: true }).fill('Periwinkle lamp');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByRole('heading', { level: 1, name: 'Periwinkle lamp' }).waitFor();
  await screenshot(page, 'library-asset');
  assert.deepEqual(await axeFindings(page), []);
  await page.getByRole('link', { name: 'Use as reference' }).click();
  await page.getByRole('img', { name: 'Reference 1', exact: true }).waitFor();
  await page.goto(`${stack.atelier.origin}/console/t/sample/library/${id}`);
  await page.getByRole('link', { name: 'Make a video' }).click();
  await page.getByRole('img', { name: 'Reference 1', exact: true }).waitFor();
  await page.getByLabel('Prompt', { exact: true }).fill('The lamp is switched on');
  await page.getByLabel('Seconds').fill('1');
  await page.keyboard.press('Control+Enter');
  await page.getByRole('article', { name: 'The lamp is switched on' }).locator('video').waitFor();

  await page.goto(`${stack.atelier.origin}/console/t/sample/library/${id}`);
  await page.getByRole('heading', { level: 3, name: 'Became' }).waitFor();
  // The video's run still shows it as its first frame: that is said before it goes.
  expect(/409/);
  await page.getByRole('button', { name: 'Delete' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await page.getByRole('switch', { name: /^Delete also/ }).check({ force: true });
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await page.getByRole('heading', { level: 1, name: 'Library' }).waitFor();
  assert.deepEqual(faults, []);
});

test('the pages of the library are clean for axe in both languages and themes, and fit a phone', async () => {
  const findings = [];
  for (const { language, theme } of COMBINATIONS) {
    const isPhone = language === 'zh' && theme === 'dark';
    const { page, faults, context } = await stack.browser.person({ language, theme, isPhone });
    await signIn(page, stack.atelier, '/t/sample/library');
    const { id } = (await makeImage(page, 'A vase on linen')).outputs[0];
    findings.push(
      ...(await lookAt(
        page,
        stack.atelier.origin,
        [
          ['library', '/t/sample/library'],
          ['library-none', '/t/sample/library?tag=nobody'],
          ['library-asset', `/t/sample/library/${id}`],
        ],
        { language, theme, isPhone },
      )),
    );
    assert.deepEqual(faults, []);
    await context.close();
  }
  assert.deepEqual(findings, []);
});
