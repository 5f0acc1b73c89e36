import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { test } from 'node:test';
import { axeFindings, signIn } from './support/browser.mjs';
import { chooseModel, screenshot, useStack } from './support/stack.mjs';

const stack = useStack();

/** How each language is run, with the program at its standard input. */
const RUNNERS = { curl: ['sh', ['-s']], Python: ['python3', ['-']], Node: [process.execPath, ['--input-type=module', '-']] };

/** Runs a program that was copied, with a key in its environment. @returns {Promise<string>} what it printed */
function run(language, code) {
  const [command, words] = RUNNERS[language];
  const child = spawn(command, words, { env: { ...process.env, ATELIER_KEY: stack.atelier.keys.production } });
  let [out, complaint] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text) => (complaint += text));
  child.stdin.end(code);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status) => (status === 0 ? resolve(out) : reject(new Error(`${language} ended with ${status}: ${complaint}`))));
  });
}

/** The program of each language, as the page shows it. */
async function programs(page) {
  await page.getByRole('button', { name: 'Show as code' }).click();
  const dialog = page.getByRole('dialog', { name: 'The same by the API' });
  const found = {};
  for (const language of Object.keys(RUNNERS)) {
    await dialog.getByRole('radio', { name: language }).check({ force: true });
    found[language] = await dialog.locator('pre').innerText();
  }
  await screenshot(page, 'code');
  assert.deepEqual(await axeFindings(page), []);
  await dialog.getByRole('button', { name: 'Close' }).first().click();
  return found;
}

/** The links that a program printed; curl prints the whole task. */
const linksIn = (language, printed) =>
  language === 'curl'
    ? JSON.parse(printed).outputs.map(({ url }) => url)
    : [...printed.matchAll(/https?:\/\/[^'"\]\s,]+/g)].map(([link]) => link);

const HARD = `It's a "tin", 100 % $HOME \\ \`id\` — 茉莉 """`;

for (const { studio, type, prepare } of [
  { studio: 'image', type: /^image\//, prepare: async () => undefined },
  { studio: 'video', type: /^video\//, prepare: (page) => page.getByLabel('Seconds', { exact: true }).fill('1') },
]) {
  test(`what is in the studio of ${studio}s runs as it was copied, by curl, Python and Node`, async () => {
    const { page, faults } = await stack.browser.person();
    await signIn(page, stack.atelier, `/t/sample/studio/${studio}`);
    await page.getByLabel('Prompt', { exact: true }).fill(HARD);
    await prepare(page);
    for (const [language, code] of Object.entries(await programs(page))) {
      assert.ok(!code.includes(stack.atelier.keys.production), 'a key is in the program');
      const [link] = linksIn(language, await run(language, code));
      const answer = await fetch(link);
      assert.equal(answer.status, 200, `${language}: ${link}`);
      assert.match(answer.headers.get('content-type'), type);
    }
    const { data } = await (
      await fetch(`${stack.atelier.origin}/v1/tasks?type=${studio}&fields=prompt`, {
        headers: { authorization: `Bearer ${stack.atelier.keys.production}` },
      })
    ).json();
    assert.deepEqual(
      data.map(({ prompt }) => prompt),
      [HARD, HARD, HARD],
    );
    assert.deepEqual(faults, []);
  });
}

test('a question to a text model runs as it was copied, before and after it was asked', async () => {
  const { page, faults } = await stack.browser.person();
  await signIn(page, stack.atelier, '/t/sample/studio/text');
  assert.ok(await page.getByRole('button', { name: 'Show as code' }).isDisabled(), 'there is code of nothing');
  await page.getByLabel('Message').fill(HARD);
  const before = await programs(page);
  for (const [language, code] of Object.entries(before)) {
    const printed = await run(language, code);
    const answer = language === 'curl' ? JSON.parse(printed).choices[0].message.content : printed.trim();
    assert.ok(answer.length > 10, `${language} printed: ${printed}`);
  }
  await page.getByLabel('Message').press('Enter');
  await page
    .getByRole('log')
    .getByText(/tokens in/)
    .waitFor();
  assert.deepEqual(await programs(page), before);
  assert.deepEqual(faults, []);
});

test('an image is seen unfinished while it is made, in two states, then as it is', async () => {
  const { page, faults } = await stack.browser.person();
  await signIn(page, stack.atelier, '/t/sample/studio/image');
  await chooseModel(page, 'sandbox-image-slow');
  await page.getByLabel('Prompt', { exact: true }).fill('A lamp that is drawn slowly');
  // What each state of it looks like is taken down as soon as it is drawn.
  await page.evaluate(() => {
    globalThis.seen = [];
    const look = () => {
      const image = document.querySelector('article img[alt$="not finished yet"]');
      const last = globalThis.seen.at(-1);
      if (image?.complete && image.naturalWidth > 0 && last?.src !== image.src)
        globalThis.seen.push({ src: image.src, width: image.naturalWidth });
      requestAnimationFrame(look);
    };
    look();
  });
  await page.keyboard.press('Control+Enter');
  const article = page.getByRole('article', { name: 'A lamp that is drawn slowly' });
  await article.getByRole('img', { name: /not finished yet$/ }).waitFor();
  await screenshot(page, 'studio-unfinished');
  await article.getByRole('img', { name: /1 of 1/ }).waitFor();
  const seen = await page.evaluate(() => globalThis.seen);
  assert.deepEqual(
    seen.map(({ src, width }) => [/partials\/(\d)/.exec(src)?.[1], width]),
    [
      ['0', 1024],
      ['1', 1024],
    ],
  );
  assert.equal(await article.getByRole('img', { name: /not finished yet$/ }).count(), 0);
  assert.deepEqual(faults, []);
});
