/** The pages that tell of work, with work on them, against the screenshots in `baselines/`. The browser's clock stands still. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { apiOf } from './support/api.mjs';
import { signIn } from './support/browser.mjs';
import { changedBlocks, MOST_CHANGED } from './support/likeness.mjs';
import { baselineOf, changesOf, LOOKS, nameOf, screenshotOf } from './support/looks.mjs';
import { fillTeam, TEAM } from './support/sample-team.mjs';
import { useStack } from './support/stack.mjs';

/** The runs of the team: two images, one that failed, and a campaign of three. */
const RUNS = 6;

/** @type {Awaited<ReturnType<typeof fillTeam>>} */
let sample;
/** When everything had happened. */
let now;
const stack = useStack(async () => {
  sample = await fillTeam(stack.atelier);
  const { origin, adminKey } = stack.atelier;
  const [admin, team] = [apiOf(origin, adminKey), apiOf(origin, sample.key)];
  await team.until(`/v1/campaigns/${sample.campaign}`, ({ status }) => (status === 'completed' ? true : null));
  await admin.until(`/admin/v1/logs?team=${TEAM}&limit=99`, ({ data }) => (data.length >= RUNS ? true : null));
  now = Date.now();
});

const pages = () => [
  ['data-tasks', `/t/${TEAM}/tasks`],
  ['data-run', `/t/${TEAM}/tasks/${sample.task}`],
  ['data-campaigns', `/t/${TEAM}/campaigns`],
  ['data-campaign', `/t/${TEAM}/campaigns/${sample.campaign}`],
  ['data-templates', `/t/${TEAM}/templates`],
  ['data-library', `/t/${TEAM}/library`],
  ['data-usage', `/t/${TEAM}/usage`],
  ['data-budgets', `/t/${TEAM}/team/budgets`],
  ['data-logs', `/t/${TEAM}/logs`],
];

/** Somebody of the team whose browser has stopped its clock. */
async function person(look) {
  const one = await stack.browser.person(look);
  await one.page.clock.setFixedTime(now);
  await signIn(one.page, stack.atelier, `/t/${TEAM}/tasks`);
  return one;
}

for (const look of LOOKS) {
  test(`pages with work on them look as they did: ${nameOf(look)}`, async () => {
    const { page, faults } = await person(look);
    const changed = await changesOf(page, stack.atelier.origin, pages(), look);
    assert.deepEqual(changed, [], 'Renew the screenshots with: npm run test:console -- visual --update');
    assert.deepEqual(faults, []);
  });
}

test('a row that is missing, an image that does not come and a sum in another column are found', async () => {
  const { page } = await person(LOOKS[0]);
  const breaks = [
    ['data-tasks', () => [...document.querySelectorAll('[role=row]')].at(-1).remove()],
    ['data-library', () => document.querySelector('main img').remove()],
    ['data-budgets', () => document.querySelector('main li .figures').remove()],
  ];
  for (const [name, change] of breaks) {
    const path = pages().find(([one]) => one === name)?.[1];
    await screenshotOf(page, `${stack.atelier.origin}/console${path}`);
    await page.evaluate(change);
    const blocks = await changedBlocks(baselineOf(`${name}-en-light`), await page.screenshot({ animations: 'disabled' }));
    assert.ok(blocks > MOST_CHANGED, `${change} changed ${blocks} blocks`);
  }
});
