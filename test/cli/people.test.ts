import { cli } from './support/run-cli';
import { useInstallation } from './support/installation';

const installation = useInstallation();
const operate = (...args: string[]) => cli(args, { env: installation.operator });

test('a team with a project and people is made, changed, listed and taken apart from the command line', async () => {
  const team = await operate('teams', 'create', 'alpha', '--monthly', '50', '--time-zone', 'Europe/Berlin', '--json');
  expect(team.json()).toMatchObject({ object: 'team', name: 'alpha', budget_usd: { total: null, monthly: '50' } });
  expect((await operate('teams', 'set', 'alpha', '--monthly', 'none', '--daily', '5', '--json')).json()).toMatchObject({
    budget_usd: { total: null, monthly: null, daily: '5' },
  });
  expect((await operate('teams', 'list')).stdout).toMatch(/^alpha +api +none +none +5 +0$/m);

  expect((await operate('projects', 'create', 'alpha', 'spring', '--total', '9')).stdout).toMatch(/^spring +open +9 +none +none +0$/m);
  expect((await operate('projects', 'set', 'alpha', 'spring', '--archive', '--json')).json()).toMatchObject({ archived: true });
  expect((await operate('projects', 'remove', 'alpha', 'spring')).code).toBe(0);
  expect((await operate('projects', 'list', 'alpha')).stdout).toBe('No projects.\n');

  const invited = await operate('users', 'invite', 'ann@studio.example', '--team', 'alpha:manager');
  expect(invited.stdout).toMatch(/^http\S+\/console\/accept\?token=[\w-]{43}\n$/);
  expect(invited.stderr).toContain('shown only this once');
  expect((await operate('users', 'list', '--team', 'alpha')).stdout).toMatch(/ann@studio\.example +ann +invited +alpha:manager$/m);
  expect((await operate('members', 'set', 'alpha', 'ann@studio.example', '--role', 'viewer')).code).toBe(0);
  expect((await operate('members', 'list', 'alpha', '--json')).json().data).toMatchObject([
    { email: 'ann@studio.example', role: 'viewer' },
  ]);
  expect((await operate('members', 'remove', 'alpha', 'ann@studio.example')).code).toBe(0);
  expect((await operate('users', 'reset', 'ann@studio.example')).stdout).toMatch(/^http\S+token=\S+\n$/);
  expect((await operate('users', 'disable', 'ann@studio.example')).code).toBe(0);
  expect((await operate('users', 'set', 'ann@studio.example', '--enable', '--role', 'billing', '--json')).json()).toMatchObject({
    status: 'invited',
    organisation_role: 'billing',
  });
});

test('a first admin is made from the command line, and made again from who is there already', async () => {
  const make = (...more: string[]) => operate('users', 'create-admin', '--email', 'ops@studio.example', ...more);
  const first = await make('--name', 'Ops');
  expect(first.stdout).toMatch(/^http\S+\/console\/accept\?token=[\w-]{43}\n$/);
  expect(first.stderr).toContain('ops@studio.example is an admin');
  await operate('users', 'set', 'ops@studio.example', '--role', 'none');
  const again = await make();
  expect(again.stdout).toMatch(/^http\S+token=[\w-]{43}\n$/);
  expect(again.stdout).not.toBe(first.stdout);
  expect((await operate('users', 'show', 'ops@studio.example', '--json')).json()).toMatchObject({
    name: 'Ops',
    organisation_role: 'admin',
  });
});

test.each<[string, readonly string[], RegExp]>([
  ['a person without a role in the team', ['users', 'invite', 'x@y.example', '--team', 'alpha'], /TEAM:ROLE, such as studio:creator/],
  ['a change of nothing', ['teams', 'set', 'alpha'], /Nothing to change[\s\S]*atelier teams set --help/],
  ['a member without a role', ['members', 'set', 'alpha', 'x@y.example'], /--role/],
  ['an unknown team', ['teams', 'show', 'nobody'], /There is no team "nobody"/],
  ['a team of the configuration file', ['teams', 'set', 'sample', '--daily', '1'], /belongs to the/],
])('%s is refused with what to do', async (_what, args, message) => {
  const { code, stderr } = await operate(...args);
  expect(code).toBe(1);
  expect(stderr).toMatch(message);
});

test('a team is granted money that lapses, and hands some of it on', async () => {
  await operate('teams', 'create', 'giving', '--total', '10');
  const getting = await operate('teams', 'create', 'getting', '--total', '1', '--log-bodies', '7', '--json');
  expect(getting.json().log_bodies).toMatchObject({ retention_days: 7 });
  expect((await operate('teams', 'set', 'getting', '--log-bodies', 'none', '--json')).json().log_bodies).toBeNull();

  const grant = ['ledger', 'grant', 'giving', '--amount', '5', '--expires', '2099-01-31T00:00:00Z', '--idempotency-key', 'once'];
  expect((await operate(...grant)).stdout).toBe('✓ 5 USD granted to giving.\n');
  await operate(...grant);
  const { data } = (await operate('ledger', 'grants', 'giving', '--json')).json();
  expect(data).toMatchObject([{ team: 'giving', amount_usd: '5', expires_at: '2099-01-31T00:00:00.000Z' }]);
  const moved = await operate('ledger', 'transfer', 'giving', 'getting', '--amount', '2.5');
  expect(moved.stdout).toBe('✓ 2.5 USD moved from giving to getting.\n');
  // All that it was given and not a cent more can be handed back.
  const tooMuch = await operate('ledger', 'transfer', 'getting', 'giving', '--amount', '3.51');
  expect([tooMuch.code, tooMuch.stderr]).toEqual([1, expect.stringContaining('3.5')]);
  expect((await operate('ledger', 'transfer', 'getting', 'giving', '--amount', '3.5')).code).toBe(0);
});
