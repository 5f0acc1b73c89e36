import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { axeFindings, signIn } from './support/browser.mjs';
import { COMBINATIONS, lookAt, screenshot, useStack } from './support/stack.mjs';
import { workOf } from './support/work.mjs';

const stack = useStack();

const XSS = `<img src=x onerror="alert(1)"><script>alert(1)</script>`;

/** Twelve rows: the fourth has no prompt, the seventh a seed that is no number, the ninth and tenth go to a model that is down. */
function spreadsheet() {
  const rows = Array.from({ length: 12 }, (_, at) => {
    const row = at + 1;
    const prompt = row === 4 ? '' : row === 2 ? `"A cup ${XSS.replaceAll('"', '""')}"` : `A jasmine tea tin number ${row} on linen`;
    const model = row === 9 || row === 10 ? 'sandbox-image-down' : 'sandbox-image';
    return `HT-${1000 + row},${prompt},${row === 7 ? 'many' : row},${model},a note`;
  });
  return ['sku,prompt,seed,model,notes', ...rows].join('\r\n');
}

const file = (text) => ({ name: 'spring.csv', mimeType: 'text/csv', buffer: Buffer.from(text) });

test('a spreadsheet of twelve rows with two bad ones is mended where it stands, tried with three, run, and its failed rows run again', async () => {
  const { page, faults } = await stack.browser.person();
  await signIn(page, stack.atelier, '/t/sample/campaigns');
  await page.getByRole('link', { name: 'New campaign' }).first().click();
  await page.getByLabel('Name', { exact: true }).fill('Spring catalogue');
  await page.locator('input[type=file]').setInputFiles(file(spreadsheet()));
  await page.getByRole('button', { name: 'Next: columns' }).click();
  await page.getByText('2 rows do not fit').waitFor();
  await screenshot(page, 'campaign-columns');
  assert.deepEqual(await axeFindings(page), []);
  assert.equal(await page.getByRole('combobox', { name: 'Column notes goes to' }).innerText(), 'Leave out');
  await page.getByRole('textbox', { name: 'prompt, row 5' }).fill('A mended tin on linen');
  await page.getByRole('textbox', { name: 'seed, row 8' }).fill('7');
  await page.getByText('2 rows do not fit').waitFor({ state: 'detached' });

  // The draft is the browser's: a reload loses nothing of it.
  await page.waitForFunction(async () => {
    const request = indexedDB.open('atelier');
    const database = await new Promise((resolve) => (request.onsuccess = () => resolve(request.result)));
    const all = database.transaction('kept').objectStore('kept').getAll();
    const kept = await new Promise((resolve) => (all.onsuccess = () => resolve(all.result)));
    database.close();
    return JSON.stringify(kept).includes('A mended tin');
  });
  await page.reload();
  await page.getByText('Where does each column go?').waitFor();
  await page.getByRole('button', { name: 'Next: preview' }).click();
  await page.getByText('The first rows, as they will be sent').waitFor();
  await page.getByText('A jasmine tea tin number 1 on linen').first().waitFor();
  await page.getByLabel('Hard limit ($)').fill('2.50');
  await page.getByRole('button', { name: 'Next: trial' }).click();
  await page.getByRole('button', { name: /^Make 3 · \$0\.00$/ }).click();
  await page.getByRole('img', { name: 'Row 4, HT-1003' }).waitFor();
  await screenshot(page, 'campaign-trial');
  await page.getByRole('button', { name: /^Make the other 9/ }).click();

  await page.getByRole('heading', { level: 1, name: 'Spring catalogue' }).waitFor();
  await page.getByText('Completed', { exact: true }).waitFor();
  await page.getByText('hard limit $2.50').waitFor();
  const failures = page.getByRole('region', { name: 'Failures by cause' });
  await failures.getByText('HT-1009, HT-1010').waitFor();
  await screenshot(page, 'campaign-board');
  assert.deepEqual(await axeFindings(page), []);
  await failures.getByRole('button', { name: 'See rows' }).click();
  await page.waitForURL(/status=failed/);
  await page.getByRole('button', { name: 'Edit HT-1009' }).waitFor();
  await failures.getByRole('button', { name: 'Retry 2' }).click();
  await page.getByText('2 items run again.').waitFor();
  await page.getByText('Running', { exact: true }).waitFor();
  await page.getByText('Completed', { exact: true }).waitFor();
  assert.equal(await page.evaluate(() => document.querySelectorAll('img[src="x"]').length), 0);
  assert.deepEqual(faults, []);
});

test('a workbook becomes a campaign as it is, and one that is broken is refused in words', async () => {
  const { page, faults } = await stack.browser.person();
  await signIn(page, stack.atelier, '/t/sample/campaigns/new');
  const chooser = page.locator('input[type=file]');
  await chooser.setInputFiles({ name: 'cut.xlsx', mimeType: 'application/octet-stream', buffer: Buffer.from('PK and nothing more') });
  await page.getByText("cut.xlsx can't be read as a workbook.").waitFor();
  await chooser.setInputFiles(fileURLToPath(new URL('../fixtures/sheet.xlsx', import.meta.url)));
  await page.getByText('sheet.xlsx · 2 rows · 商品').waitFor();
  await page.getByRole('button', { name: 'Next: columns' }).click();
  await page.getByRole('combobox', { name: 'Column prompt goes to' }).waitFor();
  await page.getByText('2026-11-29 10:30:00').first().waitFor();
  await screenshot(page, 'campaign-workbook');
  assert.deepEqual(faults, []);
});

test('the wall of 2,000 items jumps to its end without reading what lies between', async () => {
  const { page, faults } = await stack.browser.person();
  await signIn(page, stack.atelier, '/t/sample/campaigns');
  const id = await page.evaluate(async () => {
    const me = await (await fetch('/auth/me')).json();
    const items = Array.from({ length: 2_000 }, (_, at) => ({ key: `row-${at + 1}`, input: { prompt: `A tin ${at + 1}` } }));
    const response = await fetch('/v1/campaigns', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-csrf-token': me.csrf_token },
      body: JSON.stringify({ name: 'Long', defaults: { type: 'image', model: 'sandbox-image' }, items, start: false }),
    });
    return (await response.json()).id;
  });
  const asked = [];
  page.on('request', (request) => {
    const from = new URL(request.url()).searchParams.get('from_index');
    if (from !== null) asked.push(Number(from));
  });
  await page.goto(`${stack.atelier.origin}/console/t/sample/campaigns/${id}`);
  const wall = page.getByRole('group', { name: 'Wall', exact: true });
  await page.getByRole('img', { name: /^row-1, / }).waitFor();
  await wall.evaluate((element) => element.scrollTo(0, element.scrollHeight));
  await page.getByRole('img', { name: /^row-2000, / }).waitFor();
  assert.ok(asked.includes(1_901), `${asked}`);
  assert.ok(
    asked.every((from) => from <= 401 || from >= 1_501),
    `${asked}`,
  );
  assert.deepEqual(faults, []);
});

test('a campaign is paused, its limits are changed, and it is cancelled only when that is confirmed', async () => {
  const { page, faults } = await stack.browser.person();
  await signIn(page, stack.atelier, '/t/sample/campaigns/new');
  await page.getByRole('combobox', { name: 'Model' }).click();
  await page.getByRole('option', { name: 'sandbox-image-slow' }).click();
  await page.getByRole('button', { name: 'Try with an example of 12 rows' }).click();
  await page.getByRole('button', { name: 'Next: columns' }).click();
  await page.getByRole('button', { name: /Start$/ }).click();
  await page.getByRole('button', { name: /^Start · / }).click();
  await page.getByRole('button', { name: 'Pause' }).click();
  await page.getByText(/Paused by hand\./).waitFor();
  await page.getByRole('button', { name: '8 at once' }).click();
  await page.getByRole('menuitemradio', { name: '4 at once', exact: true }).click();
  await page.getByRole('button', { name: '4 at once' }).waitFor();
  await page.getByRole('button', { name: 'Raise' }).click();
  await page.getByLabel('Hard limit in US dollars').fill('12.30');
  await page.getByRole('button', { name: 'Set the limit' }).click();
  await page.getByText('hard limit $12.30').waitFor();
  await page.getByRole('button', { name: 'More for this campaign' }).click();
  await page.getByRole('menuitem', { name: 'Cancel campaign' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel campaign' }).click();
  await page.getByText('Cancelled', { exact: true }).first().waitFor();
  assert.deepEqual(faults, []);
});

test('the pages of campaigns are clean for axe in both languages and themes, and fit a phone', async () => {
  const findings = [];
  for (const { language, theme } of COMBINATIONS) {
    const isPhone = language === 'zh' && theme === 'dark';
    const { page, faults, context } = await stack.browser.person({ language, theme, isPhone });
    await signIn(page, stack.atelier, '/t/sample/campaigns');
    const { data } = await page.evaluate(async () => (await fetch('/v1/campaigns?team=sample')).json());
    const pages = [
      ['campaigns', '/t/sample/campaigns'],
      ['campaigns-none', '/t/sample/campaigns?status=scheduled'],
      ['campaign-upload', '/t/sample/campaigns/new'],
      ['campaign-wall', `/t/sample/campaigns/${data.at(-1).id}`],
      ['campaign-table', `/t/sample/campaigns/${data.at(-1).id}?view=table`],
    ];
    findings.push(...(await lookAt(page, stack.atelier.origin, pages, { language, theme, isPhone })));
    assert.deepEqual(faults, []);
    await context.close();
  }
  assert.deepEqual(findings, []);
});

/** Scrolls the wall by so many steps of a screenful, to and fro. */
const scroll = (page, steps) =>
  page.evaluate(async (count) => {
    const wall = document.querySelector('[role=group][aria-label="Wall"]');
    let way = 1;
    for (let step = 0; step < count; step += 1) {
      const end = wall.scrollHeight - wall.clientHeight;
      if (wall.scrollTop >= end - 1) way = -1;
      else if (wall.scrollTop <= 1) way = 1;
      wall.scrollTop += way * wall.clientHeight;
      await new Promise((resolve) => requestAnimationFrame(resolve));
    }
    return count;
  }, steps);

test('a wall of ten thousand items holds a screenful of them, and scrolls like one of a thousand', async () => {
  const { page, faults } = await stack.browser.person();
  await signIn(page, stack.atelier, '/t/sample/campaigns');
  const { data } = await page.evaluate(async () => (await fetch('/v1/campaigns?team=sample')).json());
  const { id } = data.at(-1);
  let total = 1_000;
  await page.route(/\/v1\/campaigns\/camp_[0-9a-f]+$/, (route) =>
    route.fulfill({ json: { ...data.at(-1), counts: { total, queued: 0, running: 0, succeeded: 0, failed: 0, cancelled: total } } }),
  );
  await page.route(/\/v1\/campaigns\/camp_[0-9a-f]+\/items/, (route) => {
    // The wall asks by place, counted from 1.
    const begin = Number(new URL(route.request().url()).searchParams.get('from_index') ?? 1) - 1;
    const items = Array.from({ length: 100 }, (_, at) => ({
      ...{
        key: `item-${begin + at}`,
        index: begin + at + 1,
        status: 'cancelled',
        task_id: null,
        error: null,
        outputs: [],
        missing_outputs: [],
      },
    }));
    return route.fulfill({
      json: { object: 'list', data: items, first_id: items[0].key, last_id: items[99].key, has_more: begin + 100 < total },
    });
  });
  const wall = page.getByRole('group', { name: 'Wall' });
  const stepOf = async (count) => {
    total = count;
    await page.goto(`${stack.atelier.origin}/console/t/sample/campaigns/${id}`);
    await page.getByRole('img', { name: 'item-0, Cancelled' }).waitFor();
    // The first time that a page draws costs more than what follows.
    await scroll(page, 20);
    return workOf(page, () => scroll(page, 120));
  };
  const [few, many] = [await stepOf(1_000), await stepOf(10_000)];
  console.log(`a step on the wall: ${few.toFixed(1)} ms of its thread with 1,000 items, ${many.toFixed(1)} ms with 10,000`);
  await wall.evaluate((element) => element.scrollTo(0, element.scrollHeight));
  await page.getByRole('img', { name: 'item-9999, Cancelled' }).waitFor();
  assert.ok((await wall.getByRole('listitem').count()) < 400, 'tiles that nobody sees are in the page');
  // Ten times as many items may cost a little more, never ten times as much.
  assert.ok(many < few * 3, `a step takes ${many} ms with 10,000 items and ${few} ms with 1,000`);
  assert.deepEqual(faults, []);
});
