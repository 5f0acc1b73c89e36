import assert from 'node:assert/strict';
import { test } from 'node:test';
import { axeFindings, signIn } from './support/browser.mjs';
import { COMBINATIONS, lookAt, makeImage, screenshot, useStack } from './support/stack.mjs';

const stack = useStack();

/** The colour of a point of an image of the library, as the browser draws it. */
function colourOf(page, asset, x, y) {
  return page.evaluate(
    async ([id, left, top]) => {
      const image = await createImageBitmap(await (await fetch(`/v1/assets/${id}/content?team=sample`)).blob());
      const canvas = new OffscreenCanvas(image.width, image.height);
      const context = canvas.getContext('2d');
      context.drawImage(image, 0, 0);
      return [...context.getImageData(Math.round(left * image.width), Math.round(top * image.height), 1, 1).data];
    },
    [asset, x, y],
  );
}

const person = (how) => stack.browser.person(how);

const taskOf = (page, id) => page.evaluate(async (task) => (await fetch(`/v1/tasks/${task}?team=sample`)).json(), id);

test('a part of an image is painted over, taken back, inverted and cleared, survives a reload, and only it is edited', async () => {
  const { page, faults } = await person();
  await signIn(page, stack.atelier, '/t/sample/studio/image');
  const [original] = (await makeImage(page, 'A vase that is edited')).outputs;
  await page.goto(`${stack.atelier.origin}/console/t/sample/studio/image`);
  const run = page.getByRole('article', { name: 'A vase that is edited' }).first();
  await run.getByRole('figure').hover();
  await run.getByRole('button', { name: 'Edit this' }).click();

  const surface = page.getByRole('application', { name: 'Mask over the image' });
  const says = page.getByRole('status').filter({ hasText: /mask/i });
  await says.getByText(/^Nothing is masked/).waitFor();
  const box = await surface.boundingBox();
  await page.mouse.move(box.x + box.width * 0.15, box.y + box.height * 0.15);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.35, box.y + box.height * 0.3, { steps: 6 });
  await page.mouse.up();
  const share = async () => Number(/(\d+) %/.exec(await says.innerText())?.[1]);
  await says.getByText(/% of the image is masked/).waitFor();
  const painted = await share();
  assert.ok(painted >= 1 && painted <= 10, `${painted} % are masked`);

  await page.getByRole('button', { name: 'Invert the mask' }).click();
  await says.getByText(`${100 - painted} %`).waitFor();
  await page.keyboard.press('Control+z');
  await says.getByText(`${painted} %`).waitFor();
  await page.getByRole('button', { name: 'Clear the mask' }).click();
  await says.getByText(/^Nothing is masked/).waitFor();
  await page.keyboard.press('Control+z');
  await page.keyboard.press('Control+z');
  await says.getByText(/^Nothing is masked/).waitFor();
  await page.keyboard.press('Control+Shift+Z');
  await says.getByText(`${painted} %`).waitFor();

  // From the keyboard alone: a line to the right, which is rubbed out again.
  await surface.focus();
  for (let step = 0; step < 10; step++) await page.keyboard.press('Shift+ArrowRight');
  await page.waitForFunction(
    (least) => Number(/(\d+) %/.exec(document.querySelector('[role=status][id]')?.textContent)?.[1]) > least,
    painted,
  );
  await page.keyboard.press('x');
  assert.equal(await page.getByRole('button', { name: 'Eraser', exact: true }).getAttribute('aria-pressed'), 'true');
  for (let step = 0; step < 8; step++) await page.keyboard.press('=');
  for (let step = 0; step < 3; step++) {
    await page.keyboard.press('Space');
    await page.keyboard.press('ArrowLeft');
  }
  await says.getByText(`${painted} %`).waitFor();

  await page.reload();
  await says.getByText(`${painted} %`).waitFor();
  await page.getByLabel('In the masked part').fill('A small brass bell');
  await screenshot(page, 'edit');
  assert.deepEqual(await axeFindings(page), []);
  await page.keyboard.press('Control+Enter');
  const edited = page.getByRole('article', { name: 'A small brass bell' }).first();
  await edited.getByRole('img', { name: /1 of 1/ }).waitFor();

  const task = await taskOf(page, await edited.getAttribute('id'));
  assert.deepEqual(
    task.input.images.map(({ role }) => role),
    ['reference', 'mask'],
  );
  // The mask that was sent: transparent where it was painted, opaque elsewhere.
  const mask = task.input.images[1].asset_id;
  assert.equal((await colourOf(page, mask, 0.15, 0.15))[3], 0);
  assert.equal((await colourOf(page, mask, 0.8, 0.8))[3], 255);
  // What was not masked is as it was.
  const [result] = task.outputs;
  const near = (a, b) => a.every((value, index) => Math.abs(value - b[index]) <= 3);
  for (const [x, y] of [
    [0.8, 0.8],
    [0.5, 0.6],
  ])
    assert.ok(near(await colourOf(page, result.id, x, y), await colourOf(page, original.id, x, y)), `${x} ${y} has changed`);
  assert.deepEqual(faults, []);
});

test('two results are compared side by side and with a slider, their differences are named, and the same seed runs on another model', async () => {
  const { page, faults } = await person();
  await signIn(page, stack.atelier, '/t/sample/studio/image');
  const [a] = (await makeImage(page, 'A tin to compare')).outputs;
  const [b] = (await makeImage(page, 'A lamp to compare')).outputs;
  await page.goto(`${stack.atelier.origin}/console/t/sample/studio/image`);
  for (const name of ['A tin to compare', 'A lamp to compare']) {
    const figure = page.getByRole('article', { name }).first().getByRole('figure');
    await figure.hover();
    await figure.getByRole('button', { name: 'Compare', exact: true }).click();
  }
  const bar = page.getByRole('group', { name: 'Compare', exact: true });
  await bar.getByText('2 images').waitFor();
  await bar.getByRole('button', { name: 'Compare', exact: true }).click();
  await page.waitForURL((url) => url.searchParams.get('compare') === `${a.id},${b.id}`);
  await page.getByRole('img', { name: 'Image B' }).waitFor();
  const table = page.getByRole('region', { name: 'Settings that differ' });
  assert.deepEqual(await table.getByRole('row').nth(1).getByRole('cell').allInnerTexts(), [
    'Prompt',
    'A tin to compare',
    'A lamp to compare',
  ]);
  await screenshot(page, 'compare');

  await page.getByRole('radio', { name: 'Slide' }).check({ force: true });
  await page.waitForURL((url) => url.searchParams.get('mode') === 'slide');
  const above = page.getByRole('img', { name: 'Image B' });
  /** Waits until so much of B is hidden, in percent: a key shows with the next frame. @param {number} percent */
  const isHidden = (percent) =>
    page.waitForFunction((hidden) => {
      const [image] = document.querySelectorAll('img[alt="Image B"]');
      const clip = /^inset\((?:0(?:px)? 0(?:px)? 0(?:px)? (\d+)%|0(?:px|%)?)\)$/.exec(getComputedStyle(image).clipPath);
      return clip !== null && Number(clip[1] ?? 0) === hidden;
    }, percent);
  await isHidden(50);
  const share = page.getByRole('slider', { name: /B is seen/ });
  await share.focus();
  await page.keyboard.press('End');
  await isHidden(0);
  const box = await above.boundingBox();
  await page.mouse.click(box.x + box.width * 0.75, box.y + box.height / 2);
  await isHidden(75);
  await page.getByRole('heading', { level: 1 }).click();
  await page.keyboard.press('m');
  await page.waitForURL((url) => url.searchParams.get('mode') === 'overlay');
  await page.keyboard.press('2');
  await page.waitForFunction(() => getComputedStyle(document.querySelectorAll('img[alt="Image B"]')[0]).opacity === '1');
  await page.getByRole('button', { name: 'Zoom in' }).click();
  await page.reload();
  await page.getByRole('img', { name: 'Image B' }).waitFor();

  await page.getByRole('button', { name: 'A: same seed on another model' }).click();
  await page.getByRole('menuitem').filter({ hasText: 'sandbox-image-slow' }).or(page.getByRole('menuitem')).first().click();
  await page.getByText('Started. It appears below when it is done.').first().waitFor();
  await page.getByRole('button', { name: 'Use A', exact: true }).click();
  assert.equal(await page.getByLabel('Prompt', { exact: true }).inputValue(), 'A tin to compare');
  assert.deepEqual(faults, []);
});

test('the pages of the studio are clean for axe in both languages and themes, and fit a phone', async () => {
  const findings = [];
  for (const { language, theme } of COMBINATIONS) {
    const isPhone = (language === 'zh') === (theme === 'light');
    const { page, faults, context } = await person({ language, theme, isPhone });
    await signIn(page, stack.atelier, '/t/sample/studio/image');
    const ids = [];
    for (const prompt of ['A vase on linen', 'A lamp on linen']) ids.push((await makeImage(page, prompt)).outputs[0].id);
    const pages = [
      ['studio-edit', `/t/sample/studio/image?edit=${ids[0]}`],
      ['studio-compare', `/t/sample/studio/image?compare=${ids.join(',')}`],
      ['studio-slide', `/t/sample/studio/image?compare=${ids.join(',')}&mode=slide`],
    ];
    findings.push(...(await lookAt(page, stack.atelier.origin, pages, { language, theme, isPhone })));
    await page.goto(`${stack.atelier.origin}/console/t/sample/studio/image?from=${ids[0]}`);
    await page.getByRole('button', { name: language === 'zh' ? '从素材库选' : 'From the library' }).click();
    await page.getByRole('dialog').getByRole('listitem').first().waitFor();
    findings.push(...(await axeFindings(page)).map((finding) => `library ${language} ${theme} ${finding}`));
    await screenshot(page, `studio-library-${language}-${theme}${isPhone ? '-phone' : ''}`);
    assert.deepEqual(faults, []);
    await context.close();
  }
  assert.deepEqual(findings, []);
});

test('references come from the library by words, tags and pages, get another role, and are put in order by keys and by dragging', async () => {
  const { page, faults } = await person();
  await signIn(page, stack.atelier, '/t/sample/studio/image');
  const tagged = (await makeImage(page, 'A cobalt bottle')).outputs[0].id;
  const other = (await makeImage(page, 'A cobalt cup')).outputs[0].id;
  await page.evaluate(async (id) => {
    const me = await (await fetch('/auth/me')).json();
    await fetch(`/v1/assets/${id}`, {
      method: 'PATCH',
      headers: { 'content-type': 'application/json', 'x-csrf-token': me.csrf_token },
      body: JSON.stringify({ name: 'Bottle', tags: ['shelf'] }),
    });
  }, tagged);
  await page.goto(`${stack.atelier.origin}/console/t/sample/studio/image`);
  await page.getByLabel('Prompt', { exact: true }).fill('Both on one shelf');
  await page.getByRole('button', { name: 'From the library' }).click();
  const dialog = page.getByRole('dialog', { name: 'References from the library' });
  await dialog.getByRole('searchbox').fill('cobalt');
  const names = dialog.getByRole('listitem').getByRole('button');
  await page.waitForFunction(() => document.querySelectorAll('[role=dialog] li').length <= 8);
  await dialog.getByRole('button', { name: 'shelf', exact: true }).click();
  await dialog.getByRole('button', { name: 'Bottle · shelf' }).first().click();
  await dialog.getByRole('button', { name: 'shelf', exact: true }).click();
  await dialog
    .getByRole('button', { name: new RegExp(`^${other.slice(0, 14)}`) })
    .first()
    .click();
  assert.ok((await names.count()) >= 2);
  await dialog.getByText(/^2 of \d+ chosen$/).waitFor();
  await dialog.getByRole('button', { name: 'Add as references' }).click();

  const shown = () =>
    page
      .getByRole('img', { name: /^Reference \d$/ })
      .evaluateAll((images) => images.map((image) => /asset_[0-9a-z]+/.exec(image.getAttribute('src'))[0]));
  await page.getByRole('img', { name: 'Reference 2' }).waitFor();
  const before = await shown();
  await page.getByRole('button', { name: 'Move reference 2 forward' }).focus();
  await page.keyboard.press('Enter');
  assert.deepEqual(await shown(), [...before].reverse());
  await page.getByRole('img', { name: 'Reference 1', exact: true }).dragTo(page.getByRole('img', { name: 'Reference 2', exact: true }));
  assert.deepEqual(await shown(), before);
  await page.getByRole('combobox', { name: 'What reference 1 is for' }).click();
  await page.getByRole('option', { name: 'Style' }).click();
  await page.reload();
  await page.getByRole('img', { name: 'Reference 2' }).waitFor();
  assert.deepEqual(await shown(), before);
  await page.keyboard.press('Control+Enter');
  const run = page.getByRole('article', { name: 'Both on one shelf' }).first();
  await run.getByRole('img', { name: /1 of 1/ }).waitFor();
  const { input } = await taskOf(page, await run.getAttribute('id'));
  assert.deepEqual(
    input.images.map(({ role, asset_id: id }) => [role, id]),
    before.map((id, index) => [index === 0 ? 'style' : 'reference', id]),
  );
  assert.deepEqual(faults, []);
});
