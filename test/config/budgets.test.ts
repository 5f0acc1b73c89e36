import { parseConfig } from '../../adapters/config/file';
import { createDatabase, type Database } from '../../adapters/db';
import { createCatalogueStore } from '../../adapters/db/catalogue';
import { createSecrets } from '../../adapters/secrets';
import { useDatabase } from '../support/database';

const home = useDatabase();
let database: Database;

beforeAll(() => {
  database = createDatabase({ url: home.url, poolMax: 4, applicationName: 'test' });
});
afterAll(() => database.close());

const withTeams = (lines: string): string => `teams:\n${lines}`;
const apply = (yaml: string) =>
  createCatalogueStore(database, createSecrets('8f0d3b5c71e2a4968f0d3b5c71e2a496', null)).apply(
    parseConfig(yaml, { A: 'sk-key-number-a' }),
  );

async function limitsOf(teamName: string): Promise<Record<string, string>> {
  const rows = await database.query<{ name: string; limited: string }>(
    `select concat_ws(' ', case b.kind when 'team' then b.kind else replace(account_title(b.kind, b.team_id, b.key), ':', ' ') end, nullif(b.period, 'total')) as name,
       b.limit_micro_usd::text as limited
     from budgets b join teams t on t.id = b.team_id where t.name = $1`,
    [teamName],
  );
  return Object.fromEntries(rows.map(({ name, limited }) => [name, limited]));
}

test('budgets by period, of projects and of the organisation are applied, with the shares that are told', async () => {
  const yaml = `${withTeams(`  - name: nested
    time_zone: Europe/Berlin
    budget_usd: { total: "10", daily: "1", warn_percent: [80, 50, 80] }
    class_budgets_usd: { test: { monthly: "3" }, script: "4" }
    projects: [{ name: spring, budget_usd: { monthly: "2" } }, { name: plain }]
    credentials:
      - { name: n, class: test, key: "\${A}", limits: { total_usd: "5", monthly_usd: "4", daily_usd: "0.5" } }
`)}organisation: { budget_usd: { monthly: "100" } }\n`;
  await apply(yaml);
  expect(await limitsOf('nested')).toEqual({
    team: '10000000',
    'team daily': '1000000',
    'class test monthly': '3000000',
    'class script': '4000000',
    'project spring monthly': '2000000',
    'credential n': '5000000',
    'credential n monthly': '4000000',
    'credential n daily': '500000',
  });
  const told = await database.query(
    `select kind, period, warn_percent from budgets where kind = 'organisation' or warn_percent <> '{}' order by kind desc, period`,
  );
  expect(told).toEqual([
    { kind: 'team', period: 'daily', warn_percent: [50, 80] },
    { kind: 'team', period: 'total', warn_percent: [50, 80] },
    { kind: 'organisation', period: 'monthly', warn_percent: [] },
  ]);
  const report = await apply(withTeams(`  - { name: nested, projects: [{ name: plain }] }\n`));
  expect(report.disabled).toContain('project spring');
  expect(await limitsOf('nested')).toEqual({
    'project spring monthly': '2000000',
    'credential n': '5000000',
    'credential n monthly': '4000000',
    'credential n daily': '500000',
  });
  const ofAll = () => database.query(`select 1 from budgets where kind = 'organisation'`);
  expect(await ofAll()).toHaveLength(1);
  await apply(`${withTeams('  - { name: nested }\n')}organisation: {}\n`);
  expect(await ofAll()).toEqual([]);
  expect(await database.ledger.verify()).toMatchObject({ ok: true, problems: [] });
});
