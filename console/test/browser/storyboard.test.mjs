import assert from 'node:assert/strict';
import { test } from 'node:test';
import { axeFindings, signIn } from './support/browser.mjs';
import { chooseModel, COMBINATIONS, lookAt, screenshot, useStack } from './support/stack.mjs';

const stack = useStack();

const person = (how) => stack.browser.person(how);

const shot = (page, n) => page.getByRole('article', { name: `Shot ${n}`, exact: true });
const words = (page) => page.getByLabel('Prompt', { exact: true });

/** How far an image of the library is from what a player shows at the end of a video: mean difference of their pixels, of 255. */
const distance = (page, image, video) =>
  page.evaluate(
    async ([imageId, videoId]) => {
      const urlOf = (id) => `/v1/assets/${id}/content?team=sample`;
      const player = Object.assign(document.createElement('video'), { muted: true, src: urlOf(videoId) });
      await new Promise((resolve) => player.addEventListener('loadeddata', resolve, { once: true }));
      player.currentTime = player.duration;
      await new Promise((resolve) => player.addEventListener('seeked', resolve, { once: true }));
      const bitmap = await createImageBitmap(await (await fetch(urlOf(imageId))).blob());
      const { width, height } = bitmap;
      const [a, b] = [bitmap, player].map((drawn) => {
        const context = new OffscreenCanvas(width, height).getContext('2d');
        context.drawImage(drawn, 0, 0, width, height);
        return context.getImageData(0, 0, width, height).data;
      });
      return {
        size: [width, height],
        of: [player.videoWidth, player.videoHeight],
        mean: a.reduce((sum, value, index) => sum + Math.abs(value - b[index]), 0) / a.length,
      };
    },
    [image, video],
  );

const tasksOf = async (page, prompts) =>
  page.evaluate(async (wanted) => {
    const { data } = await (await fetch('/v1/tasks?type=video&limit=50&fields=prompt,outputs,status&team=sample')).json();
    const rows = wanted.map((prompt) => data.filter((row) => row.prompt === prompt));
    return Promise.all(rows.map((of) => Promise.all(of.map(async ({ id }) => (await fetch(`/v1/tasks/${id}?team=sample`)).json()))));
  }, prompts);

test('a storyboard is written, ordered, made as a whole with each shot going on from the last frame of the one before, and downloaded', async () => {
  const { page, faults } = await person();
  await signIn(page, stack.atelier, '/t/sample/studio/video');
  await page.getByRole('link', { name: 'Storyboard' }).click();
  await words(page).fill('The tin on the table');
  await page.getByLabel('Seconds', { exact: true }).fill('2');
  await page.getByRole('button', { name: 'Add a shot' }).click();
  await words(page).fill('A cup is poured');
  await page.getByText('Begin with the last frame of shot 1').click();
  await page.getByRole('button', { name: 'Add a shot' }).click();
  await words(page).fill('The lamp at dusk');

  // The third becomes the first: by the keyboard once, by a button, and by dragging back and forth.
  await shot(page, 3).getByRole('button', { name: 'Edit shot 3' }).press('Alt+ArrowLeft');
  await shot(page, 2).getByText('The lamp at dusk').waitFor();
  await shot(page, 2).getByRole('button', { name: 'Move shot 2 forward' }).click();
  await shot(page, 1).getByText('The lamp at dusk').waitFor();
  await shot(page, 1).dragTo(shot(page, 3));
  await shot(page, 3).getByText('The lamp at dusk').waitFor();

  await page.reload();
  await shot(page, 3).getByText('The lamp at dusk').waitFor();
  assert.match(page.url(), /shot=3/);
  assert.equal(await words(page).inputValue(), 'The lamp at dusk');
  assert.match(await page.getByText(/^3 shots/).innerText(), /3 shots · 6 s/);

  const make = page.getByRole('button', { name: /^Make all · \$/ });
  await make.click();
  await shot(page, 2)
    .getByText(/Begins when shot 1 has ended/)
    .waitFor();
  // Reloaded in the middle: what was wanted goes on, and nothing is bought twice.
  await page.reload();
  for (const n of [1, 2, 3]) await shot(page, n).getByText('Succeeded').waitFor();
  const [[first, ...again], [second, ...more], third] = await tasksOf(page, [
    'The tin on the table',
    'A cup is poured',
    'The lamp at dusk',
  ]);
  assert.deepEqual([again, more, third.length], [[], [], 1]);
  const [frame] = second.input.images;
  assert.equal(frame.role, 'first_frame');
  assert.equal(first.output.duration_s, 2);

  const { size, of, mean } = await distance(page, frame.asset_id, first.outputs[0].id);
  assert.deepEqual(size, of);
  assert.ok(mean < 3, `the frame is ${mean} of 255 away from the last one`);

  await screenshot(page, 'storyboard');
  assert.deepEqual(await axeFindings(page), []);
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Download all' }).click();
  assert.equal((await download).suggestedFilename(), 'storyboard.zip');

  await page.getByRole('button', { name: 'Continue from here' }).click();
  await shot(page, 4).getByText('Not made yet').waitFor();
  await page.getByLabel('What reference 1 is for').getByText('First frame').waitFor();
  await shot(page, 4).getByRole('button', { name: 'Remove shot 4' }).click();
  await shot(page, 4).waitFor({ state: 'detached' });
  assert.deepEqual(faults, []);
});

/** Waits until a tab shows a shot with that prompt. */
const shows = (page, n, prompt) => shot(page, n).getByText(prompt).waitFor();

test('a shot that failed says why and keeps its place, what goes on from it waits for no one, and each is tried again alone', async () => {
  const { page, faults } = await person();
  await signIn(page, stack.atelier, '/t/sample/studio/video?shot=1');
  const prompts = ['A kettle that fails', 'Steam that goes on from it', 'A spoon of its own'];
  await words(page).fill(prompts[0]);
  await page.getByLabel('Seconds', { exact: true }).fill('1');
  await page.getByRole('button', { name: 'Add a shot' }).click();
  await words(page).fill(prompts[1]);
  await page.getByText('Begin with the last frame of shot 1').click();
  await page.getByRole('button', { name: 'Add a shot' }).click();
  await words(page).fill(prompts[2]);
  await shot(page, 1).getByRole('button', { name: 'Edit shot 1' }).click();
  await chooseModel(page, 'sandbox-video-down');
  await page.getByRole('button', { name: /^Make all · / }).click();

  await shot(page, 1).getByRole('alert').getByText('The provider did not answer as it should.').waitFor();
  await shot(page, 2).getByRole('alert').getByText('The shot before has no video to go on from. Make it first.').waitFor();
  await shot(page, 3).getByText('Succeeded').waitFor();
  await screenshot(page, 'storyboard-failed');
  assert.deepEqual(await axeFindings(page), []);
  await page.reload();
  await shot(page, 2).getByRole('alert').getByText('The shot before has no video to go on from. Make it first.').waitFor();
  assert.deepEqual(
    (await tasksOf(page, prompts)).map((runs) => runs.map(({ status }) => status)),
    [['failed'], [], ['succeeded']],
  );

  await chooseModel(page, 'sandbox-video');
  await shot(page, 1).getByRole('button', { name: 'Try again' }).click();
  await shot(page, 1).getByText('Succeeded').waitFor();
  await shows(page, 1, prompts[0]);
  await shot(page, 2).getByText('Shot 1 has its video now. Try again to go on from it.').waitFor();
  await shot(page, 2).getByRole('button', { name: 'Try again' }).click();
  await shot(page, 2).getByText('Succeeded').waitFor();
  const [first, second, third] = await tasksOf(page, prompts);
  assert.deepEqual(
    [first, second, third].map((runs) => runs.map(({ status }) => status)),
    [['succeeded', 'failed'], ['succeeded'], ['succeeded']],
  );
  assert.equal(second[0].input.images[0].role, 'first_frame');
  for (const n of [3, 2, 1]) {
    await shot(page, n)
      .getByRole('button', { name: `Remove shot ${n}` })
      .click();
    if (n > 1) await shot(page, n).waitFor({ state: 'detached' });
  }
  assert.deepEqual(faults, []);
});

const makeAll = (tab) => tab.getByRole('button', { name: /^Make all · / });

/** Presses "Make all" in the moment that it is asked, without looking first whether the page stands still. */
const press = (tab) =>
  tab.evaluate(() => [...document.querySelectorAll('button')].find(({ textContent }) => textContent.startsWith('Make all')).click());

test('two tabs have one storyboard: what either changes both show, and what both make at once is bought once', async () => {
  const { page, context, faults } = await person();
  await signIn(page, stack.atelier, '/t/sample/studio/video?shot=1');
  const other = await context.newPage();
  await other.goto(`${stack.atelier.origin}/console/t/sample/studio/video?shot=1`);
  await words(page).fill('A door in two tabs');
  await page.getByLabel('Seconds', { exact: true }).fill('1');
  await shows(other, 1, 'A door in two tabs');
  await other.getByRole('button', { name: 'Add a shot' }).click();
  await words(other).fill('A window in two tabs');
  await shows(page, 2, 'A window in two tabs');
  // Each tab writes at a shot of its own, and neither takes the other's words away: not in twenty times at the same moment.
  for (let round = 1; round <= 20; round += 1) {
    await Promise.all([words(page).fill(`A red door, ${round}`), words(other).fill(`A blue window, ${round}`)]);
    for (const tab of [page, other]) {
      await shows(tab, 1, `A red door, ${round}`);
      await shows(tab, 2, `A blue window, ${round}`);
    }
  }
  await Promise.all([words(page).fill('A red door in two tabs'), words(other).fill('A blue window in two tabs')]);
  for (const tab of [page, other]) {
    await shows(tab, 1, 'A red door in two tabs');
    await shows(tab, 2, 'A blue window in two tabs');
  }
  await Promise.all([makeAll(page).waitFor(), makeAll(other).waitFor()]);
  await Promise.all([press(page), press(other)]);
  for (const tab of [page, other]) for (const n of [1, 2]) await shot(tab, n).getByText('Succeeded').waitFor();
  const runs = await tasksOf(page, ['A red door in two tabs', 'A blue window in two tabs']);
  assert.deepEqual(
    runs.map((of) => of.map(({ status }) => status)),
    [['succeeded'], ['succeeded']],
  );
  assert.deepEqual(faults, []);
});

test('a tab that was not told what another one made buys nothing again, and takes nothing of it away', async () => {
  const { page, context, faults } = await person();
  await signIn(page, stack.atelier, '/t/sample/studio/video?shot=1');
  const other = await context.newPage();
  // It hears of nothing that other tabs keep, as one that is still busy.
  await other.addInitScript(() =>
    addEventListener('storage', (event) => globalThis.isDeaf === true && event.stopImmediatePropagation(), true),
  );
  await other.goto(`${stack.atelier.origin}/console/t/sample/studio/video?shot=1`);
  const prompts = ['A bell that one tab rings', 'A gong that the other strikes'];
  await words(page).fill(prompts[0]);
  await page.getByLabel('Seconds', { exact: true }).fill('1');
  await page.getByRole('button', { name: 'Add a shot' }).click();
  await words(page).fill(prompts[1]);
  await shows(other, 2, prompts[1]);
  await makeAll(other).waitFor();
  await other.evaluate(() => (globalThis.isDeaf = true));
  await makeAll(page).click();
  for (const n of [1, 2]) await shot(page, n).getByText('Succeeded').waitFor();
  await press(other);
  for (const tab of [other, page]) for (const n of [1, 2]) await shot(tab, n).getByText('Succeeded').waitFor();
  await page.reload();
  for (const n of [1, 2]) await shot(page, n).getByText('Succeeded').waitFor();
  assert.deepEqual(
    (await tasksOf(page, prompts)).map((of) => of.map(({ status }) => status)),
    [['succeeded'], ['succeeded']],
  );
  assert.deepEqual(faults, []);
});

test('a storyboard can be read and used in both languages and themes, and on a phone', async () => {
  for (const { language, theme } of COMBINATIONS) {
    const isPhone = language === 'zh';
    const { page, faults } = await person({ language, theme, isPhone });
    await signIn(page, stack.atelier);
    const pages = [['storyboard-empty', '/t/sample/studio/video?shot=1']];
    assert.deepEqual(await lookAt(page, stack.atelier.origin, pages, { language, theme, isPhone }), []);
    assert.deepEqual(faults, []);
  }
});
