import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { useInstallation } from './support/installation';
import { cli, useFolder } from './support/run-cli';

const installation = useInstallation();
const folder = useFolder();

const run = (...args: string[]) => cli(args, { env: installation.member, cwd: folder.path });
const write = (name: string, ...lines: string[]): void => writeFileSync(join(folder.path, name), `${lines.join('\n')}\n`);

const TEMPLATE = `name: shelf-shot
type: image
inputs:
  product: { type: string, required: true, max_length: 20 }
model: image
prompt: "A {{product}} on a shelf"
`;

test('a spreadsheet is shown with its price, bad cells by line and column, and becomes a campaign', async () => {
  write('shelf.yaml', TEMPLATE);
  expect((await run('templates', 'create', 'shelf.yaml', '--publish')).code).toBe(0);
  write('bad.csv', 'key,Title,Notes', 'sku-1,red mug,first', 'sku-2,,no title', 'sku-3,a name of a product that is too long,');
  write('good.csv', 'key,Title,Notes', 'sku-1,red mug,first', 'sku-2,"blue, mug",second');
  const options = ['--template', 'shelf-shot', '--map', 'Title=inputs.product', '--map', 'Notes='];

  const unknown = await run('campaigns', 'create', 'good.csv', '--template', 'shelf-shot', '--yes');
  const bad = await run('campaigns', 'create', 'bad.csv', ...options, '--yes');
  const unasked = await run('campaigns', 'create', 'good.csv', ...options);
  const none = await run('campaigns', 'list', '--json');
  const made = await run('campaigns', 'create', 'good.csv', ...options, '--yes', '--watch', '--json');

  expect([unknown.code, unknown.stderr]).toEqual([1, expect.stringContaining('Title')]);
  expect([bad.code, bad.stdout]).toEqual([1, '']);
  expect(bad.stderr).toMatch(/line 3, Title: .+\n.*line 4, Title: .+\n.*2 of 3 items are not valid; nothing was created\./s);
  expect(unasked.stderr).toMatch(
    /key +model +prompt +settings +usd\nsku-1 +image +A red mug on a shelf .*0\.02\nsku-2 +image +A blue, mug on a shelf/,
  );
  expect([unasked.code, unasked.stderr]).toEqual([1, expect.stringMatching(/items +2\ncost +about 0\.04 USD[^]*Add --yes\./)]);
  expect(none.json().data).toEqual([]);
  expect(made.json()).toMatchObject({ status: 'completed', counts: { total: 2, succeeded: 2 } });
}, 120_000);

test('a campaign that recurs is a schedule, listed, shown and deleted', async () => {
  write('weekly.csv', 'key,input.prompt', 'sku-1,a red mug');

  const made = await run(
    ...['campaigns', 'create', 'weekly.csv', '--type', 'image', '--model', 'image', '--name', 'weekly'],
    ...['--cron', '0 9 * * 1', '--time-zone', 'Asia/Shanghai', '--yes', '--json'],
  );
  const { id } = made.json();
  const listed = await run('schedules', 'list');
  const shown = await run('schedules', 'show', id);
  const deleted = await run('schedules', 'delete', id);
  const after = await run('schedules', 'list');

  expect(made.json()).toMatchObject({ object: 'schedule', cron: '0 9 * * 1', time_zone: 'Asia/Shanghai' });
  expect(listed.stdout).toMatch(new RegExp(`${id} +weekly +0 9 \\* \\* 1 \\(Asia/Shanghai\\) +20`));
  expect(shown.stdout).toMatch(/next +20.+T01:00:00/);
  expect([deleted.code, deleted.stdout.trim()]).toEqual([0, `${id} is deleted.`]);
  expect(after.stdout.trim()).toBe('No schedules.');
}, 60_000);
