/** Every page of the console with axe, in both languages and themes: on a desktop and, where nothing may scroll sideways, on a phone. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { axeFindings, signIn } from './support/browser.mjs';
import { fillTeam, TEAM } from './support/sample-team.mjs';
import { lookAt, screenshot, useStack } from './support/stack.mjs';

/** @type {Awaited<ReturnType<typeof fillTeam>>} */
let sample;
const stack = useStack(async () => {
  sample = await fillTeam(stack.atelier);
});
const AS = [
  { language: 'en', theme: 'light', isPhone: false },
  { language: 'en', theme: 'dark', isPhone: true },
  { language: 'zh', theme: 'light', isPhone: true },
  { language: 'zh', theme: 'dark', isPhone: false },
];

/** Paths of routes as the router writes them, each with what stands for its parameters and the searches that it is also looked at with. */
const ROUTES = [
  ['/sign-in'],
  ['/t/$team/studio/image'],
  ['/t/$team/studio/video', {}, '?shot=1'],
  ['/t/$team/studio/text', {}, '?b=sandbox-text-fallback'],
  ['/t/$team/tasks', {}, '?model=nobody', '?peek=$failed'],
  ['/t/$team/tasks/$id', { id: 'failed' }],
  ['/t/$team/campaigns', {}, '?status=scheduled'],
  ['/t/$team/campaigns/new'],
  ['/t/$team/campaigns/schedules'],
  ['/t/$team/campaigns/$id', { id: 'campaign' }, '?view=table'],
  ['/t/$team/templates', {}, '?tag=nobody'],
  ['/t/$team/templates/new'],
  ['/t/$team/templates/$name', { name: 'tin-shot' }],
  ['/t/$team/templates/$name/use', { name: 'tin-shot' }],
  ['/t/$team/templates/$name/compare', { name: 'tin-shot' }, '?a=1&b=2'],
  ['/t/$team/library', {}, '?tag=nobody'],
  ['/t/$team/library/$id', { id: 'asset' }],
  ['/t/$team/usage', {}, '?teams=all', '?range=today&group_by=credential'],
  ['/t/$team/logs', {}, '?teams=all'],
  ['/t/$team/team'],
  ['/t/$team/team/members'],
  ['/t/$team/team/projects'],
  ['/t/$team/team/credentials'],
  ['/t/$team/team/budgets', {}, '?open=team::monthly', '?open=credential:shop:daily', '?open=credential:shop:total'],
  ['/t/$team/team/webhooks'],
  ['/t/$team/team/webhooks/$id', { id: 'endpoint' }],
  ['/t/$team/connect'],
  ['/t/$team/connect/$client', { client: 'claude-code' }],
  ['/alerts', {}, '?state=all'],
  ['/alerts/rules'],
  ['/alerts/$id', { id: 'incident' }],
  ['/routing', {}, '?form=new', '?model=painter', '?model=painter&form=edit'],
  ['/routing/providers', {}, '?add=yes'],
  ['/routing/prices'],
  ['/routing/queues'],
  ['/admin/system'],
  ['/admin/status'],
  ['/admin/retention'],
  ['/admin/backups'],
  ['/admin/holds', {}, '?add=yes'],
  ['/admin/migration'],
  ['/admin/audit'],
  ['/me'],
  ['/tour'],
];

/** The paths that the router knows, out of the files that it makes its routes of. */
function routesOfRouter() {
  const pages = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'src', 'pages');
  return readdirSync(pages, { recursive: true, encoding: 'utf8' })
    .filter((file) => /(^|[\\/])route\.ts$/.test(file))
    .map((file) => /\bpath: '([^']+)'/.exec(readFileSync(join(pages, file), 'utf8'))?.[1] ?? file);
}

/** What a browser opens: names for screenshots, and paths with the ids of what was made. */
function pagesToOpen() {
  const known = { ...sample, team: TEAM };
  const filled = (path, given) => path.replace(/\$([a-z]+)/g, (_all, name) => known[given[name] ?? name] ?? given[name] ?? name);
  return ROUTES.filter(([path]) => path !== '/sign-in').flatMap(([path, given = {}, ...searches]) => {
    const name = path.replace('/t/$team/', '').replace(/[/$]+/g, '-').replace(/^-/, '');
    return ['', ...searches].map((search, index) => [index === 0 ? name : `${name}-${index}`, filled(`${path}${search}`, given)]);
  });
}

test('every route of the router is in the list of pages that are looked at', () => {
  const known = ROUTES.map(([path]) => path);
  assert.deepEqual([...known].sort(), routesOfRouter().sort());
  assert.equal(new Set(known).size, known.length, 'one is there twice');
});

for (const as of AS) {
  const { language, theme, isPhone } = as;
  test(`no page has a finding of axe: ${language}, ${theme}, ${isPhone ? 'on a phone, where none scrolls sideways' : 'on a desktop'}`, async () => {
    const { page, faults } = await stack.browser.person(as);
    await page.goto(`${stack.atelier.origin}/console/sign-in`);
    await page.locator('form').waitFor();
    const findings = (await axeFindings(page)).map((finding) => `sign-in ${finding}`);
    await screenshot(page, `sign-in-${language}-${theme}${isPhone ? '-phone' : ''}`);
    await signIn(page, stack.atelier, '/me');
    findings.push(...(await lookAt(page, stack.atelier.origin, pagesToOpen(), as)));
    await page.keyboard.press('?');
    await page.getByRole('dialog').waitFor();
    findings.push(...(await axeFindings(page)).map((finding) => `keys ${finding}`));
    assert.deepEqual([...new Set(findings)], []);
    assert.deepEqual(faults, []);
  });
}
