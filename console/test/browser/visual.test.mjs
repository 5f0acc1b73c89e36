/**
 * What the main pages of a new installation look like, against the screenshots in `baselines/`. `npm run test:console -- visual --update`
 * renews them; look at what has changed before it is committed.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { signIn } from './support/browser.mjs';
import { changedBlocks, MOST_CHANGED } from './support/likeness.mjs';
import { baselineOf, changesOf, LOOKS, nameOf, screenshotOf } from './support/looks.mjs';
import { useStack } from './support/stack.mjs';

const stack = useStack();

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

for (const look of LOOKS) {
  test(`the main pages look as they did: ${nameOf(look)}`, async () => {
    const { page, faults } = await stack.browser.person(look);
    await signIn(page, stack.atelier);
    const changed = await changesOf(page, stack.atelier.origin, PAGES, look);
    assert.deepEqual(changed, [], 'Renew the screenshots with: npm run test:console -- visual --update');
    assert.deepEqual(faults, []);
  });
}

test('a button that went, a heading in another colour and a list that moved are found', async () => {
  const { page } = await stack.browser.person(LOOKS[0]);
  await signIn(page, stack.atelier);
  const kept = baselineOf('campaigns-en-light');
  const breaks = [
    () => [...document.querySelectorAll('main header a')].at(-1).remove(),
    () => (document.querySelector('h1').style.color = 'transparent'),
    () => (document.querySelector('main').style.paddingTop = '60px'),
  ];
  for (const change of breaks) {
    await screenshotOf(page, `${stack.atelier.origin}/console/t/sample/campaigns`);
    await page.evaluate(change);
    const blocks = await changedBlocks(kept, await page.screenshot({ animations: 'disabled' }));
    assert.ok(blocks > MOST_CHANGED, `${change} changed ${blocks} blocks`);
  }
});
