import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { apiOf } from './support/api.mjs';
import { axeFindings, signIn } from './support/browser.mjs';
import { lookAt, screenshot, useStack } from './support/stack.mjs';

const place = mkdtempSync(join(tmpdir(), 'atelier-backups-'));
const stack = useStack(undefined, { ATELIER_BACKUP_TO: place });
after(() => rmSync(place, { recursive: true, force: true }));

const api = (...asked) => apiOf(stack.atelier.origin, stack.atelier.adminKey)(...asked);

test('a backup is made by a button, says where it lies and what is in it, and is verified; a damaged one says so', async () => {
  const { page, faults } = await stack.browser.person();
  await signIn(page, stack.atelier, '/admin/backups');
  await page.getByText('No backup was made yet.').waitFor();
  await page.getByText('atelier backup create --to s3://BUCKET/PREFIX').waitFor();
  await page.getByText('atelier backup restore --from PLACE').waitFor();
  await screenshot(page, 'backups-none-en-light');
  assert.deepEqual(await axeFindings(page), []);

  await page.getByRole('button', { name: 'Make a backup' }).click();
  const row = page.getByRole('row', { name: /admin@atelier\.local/ });
  await row.getByText('Succeeded', { exact: true }).waitFor();
  const [made] = (await api('GET', '/admin/v1/backups')).data;
  assert.ok(made.place.startsWith(`${place}/`));
  await row.getByText(made.place).waitFor();
  await row.getByText('Never', { exact: true }).waitFor();

  await row.getByRole('button', { name: /^Verify the backup of/ }).click();
  await row.getByText('Whole', { exact: true }).waitFor();
  writeFileSync(join(made.place, 'references.gz'), 'not what was written');
  await row.getByRole('button', { name: /^Verify the backup of/ }).click();
  await row.getByText('Damaged', { exact: true }).waitFor();
  await row.getByText(/references\.gz/).waitFor();
  await screenshot(page, 'backups-en-light');

  await page.getByText('Failed', { exact: true }).click();
  await page.getByText('Nothing matches. Remove the filter.').waitFor();
  assert.equal(new URL(page.url()).searchParams.get('status'), 'failed');
  assert.deepEqual(faults, []);
});

test('the page can be read and used in both languages and themes, on a desktop and on a phone', async () => {
  const findings = [];
  for (const as of [
    { language: 'en', theme: 'dark', isPhone: true },
    { language: 'zh', theme: 'light', isPhone: false },
    { language: 'zh', theme: 'dark', isPhone: true },
  ]) {
    const { page } = await stack.browser.person(as);
    await signIn(page, stack.atelier, '/admin/backups');
    findings.push(...(await lookAt(page, stack.atelier.origin, [['backups', '/admin/backups']], as)));
  }
  assert.deepEqual(findings, []);
});
