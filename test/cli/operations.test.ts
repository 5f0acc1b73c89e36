import { runSql } from '../callbacks/support/run-sql';
import { eventually } from '../support/eventually';
import { useInstallation } from './support/installation';
import { cli } from './support/run-cli';

const installation = useInstallation();
const operate = (...args: string[]) => cli(args, { env: installation.operator });
const HOUR_MS = 3_600_000;

const query = (text: string, values: unknown[] = []) => runSql(installation.atelier.databaseUrl, text, values);

test('a backtest tells what the rule would have found in the past, with the settings that are asked for', async () => {
  // Four weeks in which the key site spends two dollars in each hour, and one hour in which it spends thirty.
  const hour = new Date(Math.floor(Date.now() / HOUR_MS) * HOUR_MS - 48 * HOUR_MS);
  await query(
    `insert into usage_hours (hour, team_id, credential_id, class, project_id, member_id, model, provider, campaign_id, template, modality,
       requests, succeeded, failed, input_tokens, output_tokens, images, video_ms, cost, provider_cost)
     select at, k.team_id, k.id, k.class, 0, 0, 'words', 'fake', '', '', 'text', 1, 1, 0, 0, 0, 0, 0,
       case when at = $1 then 30000000 else 2000000 end, 0
     from generate_series($1::timestamptz - interval '28 days', $1::timestamptz + interval '1 day', interval '1 hour') as at,
       (select * from credentials order by id limit 1) as k`,
    [hour],
  );
  const day = (ms: number) => new Date(hour.getTime() + ms).toISOString();
  const backtest = (...more: string[]) => operate('alerts', 'backtest', '--from', day(-24 * HOUR_MS), '--to', day(24 * HOUR_MS), ...more);

  const found = await backtest('--by', 'credential', '--json');
  expect(found.json().data).toEqual([
    expect.objectContaining({ from: hour.toISOString(), hours: 1, by: 'credential', spent_usd: '30', usual_usd: '2', times: 15 }),
  ]);
  expect((await backtest('--by', 'credential')).stdout).toMatch(/HOURS +WHAT\n.* is 15 × usual \(30 USD in this hour, usually 2\)/);
  for (const more of [
    ['--threshold', '16'],
    ['--min-usd', '31'],
  ])
    expect((await backtest(...more)).stdout).toBe('Nothing would have been found.\n');
  const wrong = await operate('alerts', 'backtest', '--from', '2026-11-02', '--to', '2026-11-01');
  expect([wrong.code, wrong.stderr]).toEqual([1, expect.stringContaining('must be after')]);
});

test('retention is shown, set, previewed, held and released from the command line', async () => {
  expect((await operate('retention', 'show')).stdout).toMatch(/^callbacks +all +all +forever +default$/m);
  expect((await operate('retention', 'set', 'callbacks')).stderr).toContain('--forever');
  expect((await operate('retention', 'set', 'callbacks', '--days', '90')).stdout).toMatch(/^callbacks +all +all +90 +api$/m);
  const both = await operate('retention', 'set', 'contents', '--team', 'sample', '--class', 'test', '--days', '7', '--json');
  expect(both.json().rules).toEqual(
    expect.arrayContaining([
      { kind: 'callbacks', team: null, class: null, days: 90, managed_by: 'api' },
      { kind: 'contents', team: 'sample', class: 'test', days: 7, managed_by: 'api' },
    ]),
  );
  expect((await operate('retention', 'set', 'callbacks', '--class', 'test', '--days', '7')).code).toBe(1);

  await query(
    `insert into callbacks (id, team_id, type, url, status, created_at)
     select 'cb_old', id, 'task.completed', 'https://a.example/', 'delivered', now() - interval '91 days' from teams where name = 'sample'`,
  );
  expect((await operate('retention', 'preview')).stdout).toMatch(/callbacks +sample +1 +\d+$/m);
  const held = await operate('retention', 'hold', '--team', 'sample', '--reason', 'a case', '--json');
  expect((await operate('retention', 'holds')).stdout).toMatch(new RegExp(`^${held.json().id} +sample +\\S+ +a case$`, 'm'));
  expect((await operate('retention', 'preview')).stdout).toBe('Nothing.\n');
  expect((await operate('retention', 'release', held.json().id)).stdout).toBe('✓ The hold is released.\n');
  expect((await operate('retention', 'hold', '--reason', 'x')).stderr).toContain('--campaign');
  expect((await operate('retention', 'set', 'callbacks', '--default', '--json')).json().rules).toHaveLength(1);
  expect((await operate('retention', 'report')).code).toBe(0);
});

test('a person is erased from the command line: name and e-mail are found nowhere any more', async () => {
  await operate('users', 'invite', 'gone@studio.example', '--name', 'Grace Gone', '--team', 'sample:creator');
  const { id } = (await operate('users', 'show', 'gone@studio.example', '--json')).json();
  const erased = await operate('users', 'erase', 'gone@studio.example', '--json');
  expect(erased.json()).toMatchObject({ id, name: 'Erased' });
  const { code, stderr } = await operate('users', 'show', 'gone@studio.example');
  expect([code, stderr]).toEqual([1, expect.stringContaining('gone@studio.example')]);
  expect((await operate('users', 'list')).stdout).not.toMatch(/Grace Gone|gone@studio/);
  // The audit log names neither, and says that it was done.
  const log = await eventually(
    async () => {
      const { stdout } = await operate('audit', 'list', '--json');
      return stdout.includes('user.erase') && stdout;
    },
    { withinMs: 5_000, everyMs: 200 },
  );
  expect(log).not.toMatch(/Grace Gone|gone@studio/);
});
