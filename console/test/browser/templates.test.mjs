import assert from 'node:assert/strict';
import { test } from 'node:test';
import { axeFindings, signIn } from './support/browser.mjs';
import { COMBINATIONS, lookAt, makeImage, screenshot, useStack } from './support/stack.mjs';

const stack = useStack();

test('a template is made from a finished image, edited with a live preview, published, compared and used', async () => {
  const { page, faults } = await stack.browser.person();
  await signIn(page, stack.atelier, '/t/sample/templates');
  const task = await makeImage(page, 'A jasmine tin on linen, morning light');
  await page.goto(`${stack.atelier.origin}/console/t/sample/tasks/${task.id}`);
  await page.getByRole('link', { name: 'Save as template' }).click();
  await page.getByLabel('Name', { exact: true }).fill('tin-shot');
  await page.getByLabel('Prompt', { exact: true }).evaluate((area) => {
    area.focus();
    area.setSelectionRange(2, 13);
  });
  await page.getByLabel('Name of the input').fill('product');
  await page.getByRole('button', { name: 'Make “jasmine tin” an input' }).click();
  assert.equal(await page.getByLabel('Prompt', { exact: true }).inputValue(), 'A {{product}} on linen, morning light');
  await page.getByRole('button', { name: 'Make the template' }).click();

  await page.getByRole('heading', { level: 2, name: 'Fixed settings' }).waitFor();
  await page.getByRole('textbox', { name: 'Prompt', exact: true }).fill('A {{product}} on linen, {{mood}} light');
  await page.getByText('The prompt names mood').waitFor();
  await page.getByRole('button', { name: 'Add mood' }).click();
  const mood = page.getByRole('group', { name: 'Input mood' });
  await mood.getByRole('combobox', { name: 'Type' }).click();
  await page.getByRole('option', { name: 'Choice' }).click();
  await mood.getByLabel('Choices, with commas').fill('calm, bold');
  await mood.getByLabel('Default').fill('calm');
  await page.getByRole('textbox', { name: 'product' }).fill('white vase');
  await page.getByRole('group', { name: 'Prompt as it will be sent' }).getByText('white vase').waitFor();
  assert.equal(await page.getByRole('group', { name: 'Prompt as it will be sent' }).innerText(), 'A white vase on linen, calm light');
  await page.getByRole('button', { name: /^Test run · \$0\.00$/ }).click();
  await page.getByRole('img', { name: 'Result 1' }).waitFor();
  await screenshot(page, 'template-editor');
  assert.deepEqual(await axeFindings(page), []);
  await page.getByRole('button', { name: 'Publish v2' }).click();
  await page.getByText('v2 is published.').waitFor();

  await page.getByRole('link', { name: 'Versions 1–2' }).click();
  await page.locator('ins', { hasText: 'mood' }).first().waitFor();
  await screenshot(page, 'template-compare');
  assert.deepEqual(await axeFindings(page), []);

  await page.goto(`${stack.atelier.origin}/console/t/sample/templates`);
  await page.getByRole('heading', { level: 2, name: /tin-shot/ }).waitFor();
  await page.getByRole('link', { name: 'Open tin-shot' }).hover();
  await page.getByRole('article').filter({ hasText: 'tin-shot' }).getByRole('link', { name: 'Use', exact: true }).click();
  await page.getByRole('textbox', { name: 'product' }).fill('green bottle');
  await page.getByRole('button', { name: /^Generate · / }).click();
  await page.getByRole('img', { name: 'Result 1' }).waitFor();
  await page.getByRole('link', { name: 'Open the run' }).click();
  await page.getByText('tin-shot v2').waitFor();
  assert.deepEqual(faults, []);
});

test('the pages of templates are clean for axe in both languages and themes, and fit a phone', async () => {
  const findings = [];
  for (const { language, theme } of COMBINATIONS) {
    const isPhone = language === 'zh' && theme === 'dark';
    const { page, faults, context } = await stack.browser.person({ language, theme, isPhone });
    await signIn(page, stack.atelier, '/t/sample/templates');
    findings.push(
      ...(await lookAt(
        page,
        stack.atelier.origin,
        [
          ['templates', '/t/sample/templates'],
          ['templates-none', '/t/sample/templates?tag=nobody'],
          ['template-new', '/t/sample/templates/new'],
          ['template', '/t/sample/templates/tin-shot'],
          ['template-use', '/t/sample/templates/tin-shot/use'],
        ],
        { language, theme, isPhone },
      )),
    );
    assert.deepEqual(faults, []);
    await context.close();
  }
  assert.deepEqual(findings, []);
});
