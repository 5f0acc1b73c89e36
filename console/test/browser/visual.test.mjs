/**
 * What the main pages look like, against the screenshots in `baselines/`: a new installation, in English on a light screen and in Chinese on
 * a dark phone. `npm run test:console -- visual --update` renews them; look at what has changed before it is committed.
 */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { signIn } from './support/browser.mjs';
import { changedBlocks, MOST_CHANGED, small } from './support/likeness.mjs';
import { screenshot, useStack } from './support/stack.mjs';

const stack = useStack();
const folder = join(dirname(fileURLToPath(import.meta.url)), 'baselines');
const isRenewed = process.env.ATELIER_CONSOLE_UPDATE === '1';

const PAGES = [
  ['image', '/t/sample/studio/image'],
  ['video', '/t/sample/studio/video'],
  ['storyboard', '/t/sample/studio/video?shot=1'],
  ['text', '/t/sample/studio/text'],
  ['tasks', '/t/sample/tasks'],
  ['campaigns', '/t/sample/campaigns'],
  ['campaign-new', '/t/sample/campaigns/new'],
  ['templates', '/t/sample/templates'],
  ['library', '/t/sample/library'],
  ['connect', '/t/sample/connect'],
  ['usage', '/t/sample/usage'],
  ['members', '/t/sample/team/members'],
  ['credentials', '/t/sample/team/credentials'],
  ['logs', '/t/sample/logs'],
  ['alerts', '/alerts'],
  ['rules', '/alerts/rules'],
  ['routing', '/routing'],
];
const LOOKS = [
  { language: 'en', theme: 'light', isPhone: false },
  { language: 'zh', theme: 'dark', isPhone: true },
];

/** The page when nothing on it moves any more, with what tells the time left out. */
async function screenshotOf(page, path) {
  await page.goto(`${stack.atelier.origin}/console${path}`);
  await page.locator('h1').first().waitFor();
  await page.waitForLoadState('networkidle').catch(() => undefined);
  await page.waitForFunction(() => document.querySelector('[aria-busy=true]') === null && document.fonts.status === 'loaded');
  await page.evaluate(() => {
    document.activeElement?.blur();
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const telling = /\d{1,2}:\d{2}|\d+ ?(?:s|ms|min|h|秒|分|小时)\b|20\d\d|(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\b|\d+月/;
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode())
      if (telling.test(node.textContent) || node.parentElement.closest('time') !== null) node.parentElement.style.visibility = 'hidden';
    for (const drawn of document.querySelectorAll('time, figure svg, video')) drawn.style.visibility = 'hidden';
  });
  return page.screenshot({ animations: 'disabled' });
}

for (const look of LOOKS) {
  const name = `${look.language}-${look.theme}${look.isPhone ? '-phone' : ''}`;
  test(`the main pages look as they did: ${name}`, async () => {
    const { page, faults } = await stack.browser.person(look);
    await signIn(page, stack.atelier);
    const changed = [];
    for (const [one, path] of PAGES) {
      const file = join(folder, `${one}-${name}.png`);
      const taken = await screenshotOf(page, path);
      if (isRenewed) writeFileSync(file, await small(taken));
      else if (!existsSync(file)) changed.push(`${one}: there is no screenshot of it`);
      else {
        const blocks = await changedBlocks(readFileSync(file), taken);
        if (blocks > MOST_CHANGED) {
          changed.push(`${one}: ${blocks} blocks differ`);
          await screenshot(page, `changed-${one}-${name}`);
        }
      }
    }
    assert.deepEqual(changed, [], 'Renew the screenshots with: npm run test:console -- visual --update');
    assert.deepEqual(faults, []);
  });
}

test('a button that went, a heading in another colour and a list that moved are found', async () => {
  const { page } = await stack.browser.person(LOOKS[0]);
  await signIn(page, stack.atelier);
  const kept = readFileSync(join(folder, 'campaigns-en-light.png'));
  const breaks = [
    () => [...document.querySelectorAll('main header a')].at(-1).remove(),
    () => (document.querySelector('h1').style.color = 'transparent'),
    () => (document.querySelector('main').style.paddingTop = '60px'),
  ];
  for (const change of breaks) {
    await screenshotOf(page, '/t/sample/campaigns');
    await page.evaluate(change);
    const blocks = await changedBlocks(kept, await page.screenshot({ animations: 'disabled' }));
    assert.ok(blocks > MOST_CHANGED, `${change} changed ${blocks} blocks`);
  }
});
