import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from '../support/eventually';
import { cli, useFolder } from './support/run-cli';
import { useInstallation } from './support/installation';

const installation = useInstallation();
const folder = useFolder();
const member = (...args: string[]) => cli(args, { env: installation.member });
const operate = (...args: string[]) => cli(args, { env: installation.operator });

test('usage is told by any dimension, with a total and a forecast, and saved as a table', async () => {
  for (let n = 0; n < 2; n += 1) {
    const made = await member('tasks', 'submit', '--model', 'image', '--prompt', 'A loaf', '--wait', '--json');
    expect(made.code).toBe(0);
  }
  const usage = await eventually(
    async () => {
      const answer = await member('usage', '--by', 'model,credential', '--interval', 'day');
      return answer.stdout.includes(' 0.04 ') ? answer : null;
    },
    { withinMs: 20_000 },
  );
  expect(usage.code).toBe(0);
  expect(usage.stdout).toMatch(/^From \d{4}-\d\d-01 00:00 to \d{4}-\d\d-\d\d \d\d:00 \(UTC\)\.$/m);
  expect(usage.stdout).toMatch(
    /^DAY +MODEL +CREDENTIAL +REQUESTS +FAILED +TOKENS IN +TOKENS OUT +IMAGES +VIDEO S +COST USD +PROVIDER USD$/m,
  );
  expect(usage.stdout).toMatch(/^\d{4}-\d\d-\d\d +image +production +2 +0 +20 +200 +2 +0 +0\.04 +0\.04$/m);
  expect(usage.stdout).toMatch(/^TOTAL +2 +0 +20 +200 +2 +0 +0\.04 +0\.04$/m);
  expect(usage.stdout).toMatch(/^Forecast for the whole of the current month: 0\.04 USD\.$/m);

  expect((await member('usage', '--json')).json()).toMatchObject({ object: 'list', total: { requests: 2, cost_usd: '0.04' } });
  expect((await operate('usage', '--team', 'sample', '--by', 'team', '--json')).json().data).toMatchObject([
    { team: 'sample', requests: 2 },
  ]);
  expect((await operate('usage', '--all-teams', '--by', 'provider', '--json')).json().data).toMatchObject([{ provider: 'fake' }]);

  const file = join(folder.path, 'usage.csv');
  expect((await member('usage', '--by', 'model', '--csv', file)).stdout).toBe(`✓ ${file} saved.\n`);
  expect(readFileSync(file, 'utf8')).toMatch(/^start,model,.*margin_usd\r\n[^,]+,image,2,2,0,20,200,2,0,0\.04,0\.04,0\r\n$/);
  expect((await member('usage', '--csv', '-')).stdout).toContain('margin_usd');
});

test('an invoice is compared with what was bought, by the ids of calls and by model and day, and each difference is explained', async () => {
  installation.fake.behaviour.videoMs = 0;
  const videos: { readonly upstream_id: string; readonly model: string; readonly started_at: string }[] = [];
  for (let n = 0; n < 2; n += 1) {
    const task = (await member('tasks', 'submit', '--model', 'video', '--prompt', 'Steam', '--duration', '4', '--wait', '--json')).json();
    expect(task.cost.actual).toBe('0.04');
    videos.push(task.routing.attempts[0]);
  }
  const reconcile = async (name: string, lines: readonly string[], ...args: string[]) => {
    const path = join(folder.path, name);
    writeFileSync(path, `${lines.join('\r\n')}\r\n`);
    return operate('usage', 'reconcile', '--invoice', path, '--provider', 'fake', ...args);
  };
  const day = videos[0]!.started_at.slice(0, 10);
  const whole = ['Invoice number,17', '', 'Usage Date,Model,Cost ($)', `${day},up-video,0.08`, `${day},up-image,"$0.04"`];
  const agreed = await reconcile('whole.csv', whole);
  expect(agreed.stdout).toMatch(/2 lines of fake, .*\nInvoice 0\.12 USD, booked 0\.12 USD, difference 0 USD; 2 lines and days agree\./);
  expect(agreed.stdout).toContain('✓ Every difference is explained.');
  expect(agreed.code).toBe(0);

  const byId = [
    '\ufeffrequest_id;timestamp;model;charged',
    ...videos.map(({ upstream_id: id, started_at: at }, n) => `${id};${at};up-video;${n === 0 ? '0.04' : '0.08'}`),
    `req-elsewhere;${videos[0]!.started_at};up-video;0.01`,
  ];
  const compared = await reconcile('ids.csv', byId, '--map', 'charged=amount', '--json');
  expect(compared.code).toBe(1);
  const document = compared.json();
  expect(document).toMatchObject({ object: 'reconciliation', ok: false, lines: 3, agreed: 1, invoice_usd: '0.13', booked_usd: '0.12' });
  expect(document.differences).toMatchObject([
    {
      reason: 'price_differs',
      explained: true,
      upstream_id: videos[1]!.upstream_id,
      difference_usd: '0.04',
      task_id: expect.stringMatching(/^task_/),
    },
    { reason: 'not_in_our_books', explained: false, upstream_id: 'req-elsewhere' },
    { reason: 'not_on_the_invoice', explained: false, model: 'up-image', booked_usd: '0.04' },
  ]);

  const nothing = await reconcile('nothing.csv', ['a,b', '1,2']);
  expect([nothing.code, nothing.stderr]).toEqual([
    1,
    expect.stringMatching(/has no line that names columns[\s\S]*--map "Column title=amount"/),
  ]);
  const undated = await reconcile('undated.csv', ['request_id,cost', 'x,1']);
  expect(undated.stderr).toMatch(/has no dates[\s\S]*--from 2026-11-01/);
});

test.each<[string, readonly string[], RegExp]>([
  [
    'an unknown field',
    ['usage', 'reconcile', '--invoice', 'x.csv', '--provider', 'fake', '--map', 'a=b'],
    /"b" is no field[\s\S]*upstream_id/,
  ],
  [
    'a missing invoice',
    ['usage', 'reconcile', '--invoice', '/nowhere.csv', '--provider', 'fake'],
    /cannot be read as a CSV file \(ENOENT\)/,
  ],
  ['an unknown dimension', ['usage', '--by', 'colour'], /must be one or several of team, project/],
  ['an unknown interval', ['usage', '--interval', 'week'], /Allowed choices are hour, day, month, none/],
  ['a file that cannot be written', ['usage', '--csv', '/nowhere/usage.csv'], /\/nowhere\/usage\.csv cannot be written \(ENOENT\)/],
])('%s is refused with what to do', async (_what, args, message) => {
  const { code, stderr } = await member(...args);
  expect(code).toBe(1);
  expect(stderr).toMatch(message);
});
